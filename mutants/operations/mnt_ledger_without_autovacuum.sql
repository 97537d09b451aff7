-- breaks: MNT-08
ALTER TABLE ledger_entries SET (autovacuum_enabled = off);
