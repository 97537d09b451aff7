-- breaks: GRT-04 GRT-05
GRANT UPDATE (visibility) ON ledger_entries TO amply_app;
