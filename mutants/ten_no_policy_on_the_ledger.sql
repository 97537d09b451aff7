-- breaks: TEN-01 TEN-02 TEN-09 TEN-11 TEN-12
DROP POLICY org_isolation ON ledger_entries;
