-- breaks: ROL-02 ROL-04
ALTER ROLE amply_app NOINHERIT;
GRANT amply_admin TO amply_app;
