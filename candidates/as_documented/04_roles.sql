-- "Credentials", to the letter. Its "..." in GRANT UPDATE is read as every table whose rows the application maintains;
-- its PASSWORD '...' is left out, as passwords are set at deployment.

-- Application user (limited privileges)
CREATE USER amply_app;
GRANT CONNECT ON DATABASE amply TO amply_app;
GRANT USAGE ON SCHEMA public TO amply_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO amply_app;
GRANT UPDATE ON transactions, users, organisations, funds, projects, campaigns, businesses TO amply_app;
-- Note: No UPDATE on ledger_entries (enforced by trigger anyway)

-- Read-only user
CREATE USER amply_readonly;
GRANT CONNECT ON DATABASE amply TO amply_readonly;
GRANT USAGE ON SCHEMA public TO amply_readonly;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO amply_readonly;
