-- breaks: CHN-03
CREATE UNIQUE INDEX ON ledger_entries (lower(organisation_id), prev_entry_hash) NULLS NOT DISTINCT;
