-- breaks: SHP-02
ALTER TABLE ledger_entries ALTER COLUMN amount TYPE numeric(30);
