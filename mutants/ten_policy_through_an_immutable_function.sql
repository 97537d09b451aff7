-- breaks: TEN-02 TEN-11
CREATE FUNCTION current_org() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(current_setting('app.current_org_id', true), '') $$;
ALTER POLICY org_isolation ON ledger_entries USING (organisation_id = current_org());
