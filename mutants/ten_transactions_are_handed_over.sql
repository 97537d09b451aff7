-- breaks: TEN-05
ALTER POLICY org_isolation ON transactions WITH CHECK (true);
