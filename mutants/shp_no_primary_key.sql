-- breaks: SHP-05
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_pkey;
