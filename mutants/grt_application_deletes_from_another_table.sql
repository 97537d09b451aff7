-- breaks: GRT-09
CREATE TABLE audit_log (id bigint, what text);
GRANT SELECT, INSERT, DELETE ON audit_log TO amply_app;
