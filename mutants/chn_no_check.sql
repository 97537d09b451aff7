-- breaks: CHN-01 CHN-02 CHN-03 CHN-08 CHN-14
DROP TRIGGER ledger_validate_chain ON ledger_entries;
