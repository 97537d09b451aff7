-- breaks: CHN-01 CHN-02
DROP TRIGGER ledger_validate_chain ON ledger_entries;
CREATE TRIGGER ledger_validate_chain BEFORE INSERT ON ledger_entries FOR EACH ROW
    WHEN (current_setting('amply.import', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION validate_chain_on_insert();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_validate_chain;
