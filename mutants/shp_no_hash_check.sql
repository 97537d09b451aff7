-- breaks: SHP-07
ALTER TABLE ledger_entries DROP CONSTRAINT valid_hash;
