-- breaks: SHP-08
ALTER TABLE ledger_entries DROP CONSTRAINT finite_time;
