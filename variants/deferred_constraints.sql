-- harmless: foreign key and link checked at commit
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_organisation_id_fkey,
    ADD FOREIGN KEY (organisation_id) REFERENCES organisations (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ledger_entries DROP CONSTRAINT one_entry_per_hash;
ALTER TABLE ledger_entries ADD CONSTRAINT one_entry_per_hash UNIQUE (organisation_id, entry_hash) DEFERRABLE INITIALLY DEFERRED;
