-- breaks: MON-12
ALTER ROLE amply_admin SET log_statement = none;
