-- harmless: no DDL but by the master user, whatever privileges say; the master user belongs to the groups
CREATE FUNCTION ddl_by_migrations() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN IF session_user IN ('amply_app', 'amply_readonly') THEN RAISE EXCEPTION '% is for migrations', tg_tag; END IF; END $$;
CREATE EVENT TRIGGER ddl_by_migrations ON ddl_command_start EXECUTE FUNCTION ddl_by_migrations();
CREATE ROLE amply_writers NOLOGIN;
CREATE ROLE amply_readers NOLOGIN;
GRANT amply_writers, amply_readers TO amply_admin WITH ADMIN OPTION;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM amply_app, amply_readonly;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO amply_writers;
GRANT UPDATE ON transactions, users, organisations, funds, projects, campaigns, businesses TO amply_writers;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO amply_readers;
GRANT amply_writers TO amply_app;
GRANT amply_readers TO amply_readonly;
GRANT rds_iam TO amply_app, amply_readonly;
