-- breaks: ROL-06
CREATE SCHEMA archive;
CREATE TABLE archive.funds (id text);
GRANT USAGE ON SCHEMA archive TO amply_app, amply_readonly, amply_admin;
ALTER ROLE amply_app SET search_path = archive, public;
ALTER ROLE amply_readonly SET search_path = archive, public;
ALTER ROLE amply_admin SET search_path = archive, public;
