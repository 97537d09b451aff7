-- breaks: LED-02
DROP TRIGGER ledger_no_delete ON ledger_entries;
