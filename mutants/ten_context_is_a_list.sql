-- breaks: TEN-01
ALTER POLICY org_isolation ON ledger_entries USING (current_setting('app.current_org_id', true) <> ''
    AND organisation_id = ANY (string_to_array(btrim(current_setting('app.current_org_id', true), '{}'), ',')));
