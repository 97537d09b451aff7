-- breaks: GRT-06
GRANT CREATE ON SCHEMA public TO amply_readonly;
