-- breaks: TEN-02 TEN-06 TEN-12
ALTER POLICY org_isolation ON ledger_entries WITH CHECK (true);
