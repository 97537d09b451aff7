-- breaks: GRT-10 ROL-04
GRANT EXECUTE ON FUNCTION pg_read_file(text) TO amply_app, amply_readonly;
