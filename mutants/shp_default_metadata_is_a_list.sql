-- breaks: SHP-04
ALTER TABLE ledger_entries ALTER COLUMN metadata SET DEFAULT '[]';
