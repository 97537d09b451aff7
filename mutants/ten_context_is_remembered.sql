-- breaks: TEN-06 TEN-12
CREATE FUNCTION current_org() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF current_setting('app.current_org_id', true) <> '' THEN
        PERFORM set_config('app.last_org_id', current_setting('app.current_org_id', true), false);
    END IF;
    RETURN current_setting('app.last_org_id', true);
END $$;
ALTER POLICY org_isolation ON transactions USING (organisation_id = current_org());
