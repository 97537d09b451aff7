-- harmless: documented values as enumerated type, check and domain
CREATE TYPE visibility AS ENUM ('public_full', 'public_aggregated', 'delayed_public', 'internal_only');
ALTER TABLE ledger_entries ALTER COLUMN visibility TYPE visibility USING visibility::visibility;
ALTER TABLE ledger_entries ADD CHECK (type IN ('donation_received', 'expense', 'transfer_in', 'transfer_out', 'refund_issued', 'fee',
    'donation_reversed', 'expense_recategorized'));
CREATE DOMAIN currency AS varchar(3) CHECK (VALUE ~ '^[A-Z]{3}$');
ALTER TABLE ledger_entries ALTER COLUMN currency TYPE currency;
