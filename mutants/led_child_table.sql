-- breaks: LED-07
CREATE TABLE ledger_archive () INHERITS (ledger_entries);
