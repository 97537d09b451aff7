-- Isolation of organisations. Beyond the document: a policy for every isolated table, not only the ledger; FORCE, so that
-- the owner is bound too; an unset or empty context matches nothing instead of raising or matching an empty id.

ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON ledger_entries FOR ALL
    USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), ''));

ALTER TABLE funds ENABLE ROW LEVEL SECURITY;
ALTER TABLE funds FORCE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON funds FOR ALL
    USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), ''));

ALTER TABLE transactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE transactions FORCE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON transactions FOR ALL
    USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), ''));
