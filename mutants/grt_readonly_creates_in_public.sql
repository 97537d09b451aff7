-- breaks: GRT-06 ROL-04
GRANT CREATE ON SCHEMA public TO amply_readonly;
