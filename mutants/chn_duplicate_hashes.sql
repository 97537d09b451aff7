-- breaks: CHN-08 CHN-14
ALTER TABLE ledger_entries DROP CONSTRAINT one_entry_per_hash, DROP CONSTRAINT no_self_link;
CREATE INDEX ON ledger_entries (organisation_id, entry_hash);
