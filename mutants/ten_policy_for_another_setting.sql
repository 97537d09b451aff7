-- breaks: TEN-01
ALTER POLICY org_isolation ON ledger_entries USING (organisation_id = NULLIF(current_setting('app.organisation', true), ''));
