-- breaks: SHP-04
ALTER TABLE ledger_entries ALTER COLUMN created_at SET DEFAULT date_trunc('day', now());
