-- breaks: CHN-02 CHN-04 CHN-06 CHN-14
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor, ADD UNIQUE (organisation_id, prev_entry_hash);
DROP TRIGGER ledger_validate_chain ON ledger_entries;
CREATE TRIGGER ledger_validate_chain BEFORE INSERT ON ledger_entries FOR EACH ROW WHEN (NEW.prev_entry_hash IS NOT NULL)
    EXECUTE FUNCTION validate_chain_on_insert();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_validate_chain;
