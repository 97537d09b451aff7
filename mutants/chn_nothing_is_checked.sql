-- breaks: CHN-01 CHN-02 CHN-03 CHN-04 CHN-05 CHN-06 CHN-07 CHN-08 CHN-14
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor;
DROP TRIGGER ledger_validate_chain ON ledger_entries;
