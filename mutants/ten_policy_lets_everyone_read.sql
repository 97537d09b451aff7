-- breaks: TEN-01 TEN-06 TEN-08 TEN-09 TEN-11 TEN-12
CREATE POLICY reporting ON ledger_entries FOR SELECT USING (true);
