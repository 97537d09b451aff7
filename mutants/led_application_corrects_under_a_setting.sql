-- breaks: LED-06
DROP TRIGGER ledger_no_update ON ledger_entries;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entries FOR EACH ROW
    WHEN (current_user <> 'amply_app' OR current_setting('app.correction', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update;
