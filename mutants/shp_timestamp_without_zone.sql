-- breaks: SHP-02 LED-09
ALTER TABLE ledger_entries ALTER COLUMN created_at TYPE timestamp;
