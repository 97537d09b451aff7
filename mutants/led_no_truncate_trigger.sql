-- breaks: LED-03 LED-04
DROP TRIGGER ledger_no_truncate ON ledger_entries;
