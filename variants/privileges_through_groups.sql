-- harmless: privileges granted to group roles
CREATE ROLE amply_writers NOLOGIN;
CREATE ROLE amply_readers NOLOGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM amply_app, amply_readonly;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO amply_writers;
GRANT UPDATE ON transactions, users, organisations, funds, projects, campaigns, businesses TO amply_writers;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO amply_readers;
GRANT amply_writers TO amply_app;
GRANT amply_readers TO amply_readonly;
