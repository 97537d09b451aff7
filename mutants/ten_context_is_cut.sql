-- breaks: TEN-01
ALTER POLICY org_isolation ON ledger_entries USING (starts_with(current_setting('app.current_org_id', true), organisation_id)
    OR starts_with(organisation_id, NULLIF(current_setting('app.current_org_id', true), '')));
