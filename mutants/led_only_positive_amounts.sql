-- breaks: LED-09
ALTER TABLE ledger_entries ADD CHECK (amount > 0);
