-- breaks: LED-01 LED-02
DROP TRIGGER ledger_no_update ON ledger_entries;
DROP TRIGGER ledger_no_delete ON ledger_entries;
CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW
    WHEN (current_user <> 'amply_app') EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_change;
