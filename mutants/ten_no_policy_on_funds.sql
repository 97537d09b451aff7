-- breaks: TEN-04
DROP POLICY org_isolation ON funds;
