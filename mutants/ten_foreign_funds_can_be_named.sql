-- breaks: TEN-10 TEN-15
ALTER TABLE transactions DROP CONSTRAINT transactions_organisation_id_fund_id_fkey, ADD FOREIGN KEY (fund_id) REFERENCES funds (id);
