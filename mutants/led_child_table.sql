-- breaks: LED-07
CREATE TABLE ledger_archive () INHERITS (ledger_entries);
ALTER TABLE ledger_archive OWNER TO amply_admin;
