-- breaks: LED-07 GRT-09
CREATE TABLE ledger_archive () INHERITS (ledger_entries);
GRANT SELECT, UPDATE ON ledger_archive TO amply_app;
