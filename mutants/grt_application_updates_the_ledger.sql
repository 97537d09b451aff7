-- breaks: GRT-01 GRT-05
GRANT UPDATE ON ledger_entries TO amply_app;
