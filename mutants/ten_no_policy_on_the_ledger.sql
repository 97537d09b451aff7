-- breaks: TEN-01 TEN-02 TEN-09
DROP POLICY org_isolation ON ledger_entries;
