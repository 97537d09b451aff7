-- breaks: GRT-10 ROL-04
GRANT SELECT ON pg_catalog.pg_authid TO amply_readonly;
