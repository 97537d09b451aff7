-- harmless: one policy per command and role; no UPDATE or DELETE policy on the ledger at all
DROP POLICY org_isolation ON ledger_entries;
CREATE POLICY reading ON ledger_entries FOR SELECT USING (organisation_id = (SELECT NULLIF(current_setting('app.current_org_id', true), '')));
CREATE POLICY appending ON ledger_entries FOR INSERT TO amply_app, amply_admin
    WITH CHECK (organisation_id = NULLIF(current_setting('app.current_org_id', true), ''));
CREATE POLICY only_named ON ledger_entries AS RESTRICTIVE USING (current_setting('app.current_org_id', true) <> '');
