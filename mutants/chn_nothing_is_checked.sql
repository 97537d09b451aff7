-- breaks: CHN-01 CHN-02
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor;
DROP TRIGGER ledger_validate_chain ON ledger_entries;
