-- breaks: TEN-01 TEN-06 TEN-08 TEN-09
ALTER POLICY org_isolation ON ledger_entries USING (
    organisation_id = NULLIF(current_setting('app.current_org_id', true), '') OR current_setting('app.current_org_id', true) IS NULL);
