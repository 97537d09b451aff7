-- breaks: SHP-07
ALTER TABLE ledger_entries ALTER COLUMN entry_hash TYPE text,
    DROP CONSTRAINT valid_hash, ADD CONSTRAINT valid_hash CHECK (entry_hash ~ '^sha256:[a-f0-9]{64}');
