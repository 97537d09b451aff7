-- breaks: ROL-06
CREATE SCHEMA archive;
CREATE TABLE archive.funds (id text);
GRANT USAGE ON SCHEMA archive TO amply_app, amply_readonly;
GRANT SELECT ON archive.funds TO amply_app, amply_readonly;
ALTER ROLE amply_app SET search_path = archive, public;
