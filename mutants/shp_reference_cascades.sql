-- breaks: SHP-06
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_organisation_id_fkey,
    ADD FOREIGN KEY (organisation_id) REFERENCES organisations (id) ON DELETE CASCADE;
