-- breaks: SHP-09
ALTER TABLE ledger_entries SET UNLOGGED;
