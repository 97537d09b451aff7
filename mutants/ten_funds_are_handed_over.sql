-- breaks: TEN-05
ALTER POLICY org_isolation ON funds WITH CHECK (true);
