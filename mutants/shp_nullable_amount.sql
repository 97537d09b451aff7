-- breaks: SHP-03
ALTER TABLE ledger_entries ALTER COLUMN amount DROP NOT NULL;
