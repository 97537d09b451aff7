-- breaks: SHP-02
ALTER TABLE ledger_entries ALTER COLUMN type TYPE text;
