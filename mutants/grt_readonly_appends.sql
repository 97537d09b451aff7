-- breaks: GRT-02 GRT-05
GRANT INSERT, UPDATE ON ledger_entries TO amply_readonly;
