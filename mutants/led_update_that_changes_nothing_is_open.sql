-- breaks: LED-01
DROP TRIGGER ledger_no_update ON ledger_entries;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entries FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update;
