-- breaks: SHP-07
ALTER TABLE ledger_entries DROP CONSTRAINT valid_hash, ADD CONSTRAINT valid_hash CHECK (entry_hash ~ '^sha256:[a-f0-9]{63}');
