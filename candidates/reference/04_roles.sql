-- Credentials. Passwords are set at deployment (Secrets Manager); none stands here.

-- Beyond the document: PUBLIC may connect, create temporary tables and execute new functions by default.
REVOKE ALL ON DATABASE amply FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Application user (limited privileges)
CREATE USER amply_app;
GRANT CONNECT ON DATABASE amply TO amply_app;
GRANT USAGE ON SCHEMA public TO amply_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO amply_app;
GRANT UPDATE ON transactions, users, organisations, funds, projects, campaigns, businesses TO amply_app;

-- Read-only user
CREATE USER amply_readonly;
GRANT CONNECT ON DATABASE amply TO amply_readonly;
GRANT USAGE ON SCHEMA public TO amply_readonly;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO amply_readonly;
