-- breaks: TEN-06
ALTER ROLE amply_app SET app.current_org_id = 'org_acme';
