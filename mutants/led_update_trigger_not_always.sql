-- breaks: LED-05
ALTER TABLE ledger_entries ENABLE TRIGGER ledger_no_update;
