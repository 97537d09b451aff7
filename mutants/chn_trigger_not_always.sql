-- breaks: CHN-12
ALTER TABLE ledger_entries ENABLE TRIGGER ledger_validate_chain;
