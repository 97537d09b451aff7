-- breaks: TEN-01 TEN-06 TEN-12
ALTER ROLE amply_app SET app.current_org_id = 'org_acme';
