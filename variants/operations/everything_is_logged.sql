-- More than the document asks for.
ALTER DATABASE amply SET log_statement = 'all';
ALTER ROLE amply_app SET log_min_duration_statement = 0;
ALTER ROLE amply_readonly SET log_min_duration_statement = 500;
