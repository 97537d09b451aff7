-- breaks: TEN-09
ALTER POLICY org_isolation ON ledger_entries TO amply_app, amply_admin;
