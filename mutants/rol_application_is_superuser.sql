-- breaks: ROL-01
ALTER ROLE amply_app SUPERUSER;
