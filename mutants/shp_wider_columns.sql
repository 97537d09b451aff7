-- breaks: SHP-02
DROP POLICY org_isolation ON ledger_entries;
ALTER TABLE ledger_entries ALTER COLUMN id TYPE varchar(40), ALTER COLUMN organisation_id TYPE varchar(40),
    ALTER COLUMN type TYPE varchar(100), ALTER COLUMN visibility TYPE varchar(60),
    ALTER COLUMN prev_entry_hash TYPE varchar(142), ALTER COLUMN entry_hash TYPE varchar(142);
CREATE POLICY org_isolation ON ledger_entries FOR ALL USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), ''));
