-- breaks: ROL-03
GRANT CREATE ON SCHEMA public TO amply_app;
CREATE VIEW fund_names AS SELECT name FROM funds;
ALTER VIEW fund_names OWNER TO amply_app;
REVOKE CREATE ON SCHEMA public FROM amply_app;
