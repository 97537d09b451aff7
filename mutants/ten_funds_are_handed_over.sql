-- breaks: TEN-05 TEN-06
ALTER POLICY org_isolation ON funds WITH CHECK (true);
