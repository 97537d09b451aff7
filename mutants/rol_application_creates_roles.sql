-- breaks: ROL-01 ROL-04
ALTER ROLE amply_app CREATEROLE;
