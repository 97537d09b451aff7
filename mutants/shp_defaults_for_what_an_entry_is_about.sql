-- breaks: SHP-04
ALTER TABLE ledger_entries ALTER COLUMN type SET DEFAULT 'fee', ALTER COLUMN amount SET DEFAULT 0,
    ALTER COLUMN currency SET DEFAULT 'EUR', ALTER COLUMN visibility SET DEFAULT 'public_full';
