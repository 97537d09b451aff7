-- breaks: LED-01
ALTER TABLE ledger_entries ADD COLUMN note text DEFAULT 'none';
DROP TRIGGER ledger_no_update ON ledger_entries;
CREATE TRIGGER ledger_no_update BEFORE UPDATE OF id, organisation_id, type, amount, currency, visibility, metadata, prev_entry_hash,
    entry_hash, created_at ON ledger_entries FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update;
