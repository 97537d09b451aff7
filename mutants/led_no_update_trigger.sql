-- breaks: LED-01
DROP TRIGGER ledger_no_update ON ledger_entries;
