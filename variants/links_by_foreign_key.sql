-- harmless: the link is a foreign key too; first entries by a partial index
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor;
ALTER TABLE ledger_entries ADD CONSTRAINT follows UNIQUE (organisation_id, prev_entry_hash),
  ADD CONSTRAINT link FOREIGN KEY (organisation_id, prev_entry_hash) REFERENCES ledger_entries (organisation_id, entry_hash);
CREATE UNIQUE INDEX one_first ON ledger_entries (organisation_id) WHERE prev_entry_hash IS NULL;
