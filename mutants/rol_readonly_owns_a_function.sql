-- breaks: ROL-03
ALTER FUNCTION prevent_ledger_modification() OWNER TO amply_readonly;
