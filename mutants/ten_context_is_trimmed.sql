-- breaks: TEN-01
ALTER POLICY org_isolation ON ledger_entries
    USING (organisation_id = btrim(regexp_replace(NULLIF(current_setting('app.current_org_id', true), ''), '[^ -~]|''.*|\s', '', 'g')));
