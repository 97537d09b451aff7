-- breaks: ROL-02 ROL-04
ALTER ROLE amply_readonly NOINHERIT;
GRANT amply_app TO amply_readonly;
