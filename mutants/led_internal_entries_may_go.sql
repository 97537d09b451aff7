-- breaks: LED-02
DROP TRIGGER ledger_no_delete ON ledger_entries;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger_entries FOR EACH ROW
    WHEN (OLD.visibility <> 'internal_only') EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_delete;
