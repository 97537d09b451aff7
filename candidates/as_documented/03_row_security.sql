-- "Row-Level Security", to the letter (its last line, SET app.current_org_id, is for sessions, not for the schema).

-- Enable RLS
ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE funds ENABLE ROW LEVEL SECURITY;
ALTER TABLE transactions ENABLE ROW LEVEL SECURITY;

-- Policy: Users can only see their organisation's data
CREATE POLICY org_isolation ON ledger_entries
    FOR ALL
    USING (organisation_id = current_setting('app.current_org_id')::text);
