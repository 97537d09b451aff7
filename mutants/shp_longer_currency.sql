-- breaks: SHP-02
ALTER TABLE ledger_entries ALTER COLUMN currency TYPE varchar(5);
