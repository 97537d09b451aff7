-- breaks: GRT-02
GRANT INSERT, UPDATE ON ledger_entries TO amply_readonly;
