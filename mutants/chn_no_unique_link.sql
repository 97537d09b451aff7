-- breaks: CHN-05 CHN-06 CHN-07
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor;
CREATE INDEX ON ledger_entries (organisation_id, prev_entry_hash);
