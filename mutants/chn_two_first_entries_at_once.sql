-- breaks: CHN-06
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor, ADD UNIQUE (organisation_id, prev_entry_hash);
