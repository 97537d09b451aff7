-- harmless: text and checks instead of varchar
ALTER TABLE ledger_entries
    ALTER COLUMN type TYPE text, ADD CHECK (length(type) <= 50),
    ALTER COLUMN entry_hash TYPE text,
    ALTER COLUMN prev_entry_hash TYPE text, ADD CHECK (prev_entry_hash ~ '^sha256:[a-f0-9]{64}$');
