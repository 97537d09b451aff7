-- breaks: TEN-01 TEN-02 TEN-09 TEN-11 TEN-12
ALTER POLICY org_isolation ON ledger_entries USING (organisation_id = NULLIF(current_setting('app.organisation', true), ''));
