-- breaks: GRT-10 ROL-06
CREATE SCHEMA scratch;
GRANT ALL ON SCHEMA scratch TO amply_app;
ALTER DATABASE amply SET search_path = scratch, public;
GRANT USAGE ON SCHEMA scratch TO amply_admin, amply_readonly;
