-- breaks: TEN-01
ALTER POLICY org_isolation ON ledger_entries USING (lower(organisation_id) = lower(NULLIF(current_setting('app.current_org_id', true), '')));
