-- breaks: ROL-03
ALTER TABLE ledger_entries OWNER TO amply_app;
