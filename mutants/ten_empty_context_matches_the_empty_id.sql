-- breaks: TEN-07
ALTER TABLE organisations DROP CONSTRAINT organisations_id_check;
ALTER POLICY org_isolation ON ledger_entries USING (organisation_id = current_setting('app.current_org_id', true));
