-- breaks: GRT-10
GRANT EXECUTE ON FUNCTION pg_read_file(text) TO amply_app, amply_readonly;
