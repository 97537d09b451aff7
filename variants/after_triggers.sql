-- harmless: changes refused after the fact
DROP TRIGGER ledger_no_update ON ledger_entries;
CREATE TRIGGER ledger_no_update AFTER UPDATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION prevent_ledger_modification();
DROP TRIGGER ledger_no_delete ON ledger_entries;
CREATE CONSTRAINT TRIGGER ledger_no_delete AFTER DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update;
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_delete;
