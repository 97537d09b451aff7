-- breaks: LED-05
DROP TRIGGER ledger_no_update ON ledger_entries;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entries FOR EACH ROW
    WHEN (current_setting('session_replication_role') <> 'replica' OR OLD.visibility <> 'internal_only')
    EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update;
