-- breaks: SHP-03
ALTER TABLE ledger_entries ALTER COLUMN entry_hash DROP NOT NULL;
