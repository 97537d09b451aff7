-- breaks: SHP-02
ALTER TABLE ledger_entries ALTER COLUMN metadata DROP DEFAULT, ALTER COLUMN metadata TYPE json, ALTER COLUMN metadata SET DEFAULT '{}';
