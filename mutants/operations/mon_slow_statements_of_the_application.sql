-- breaks: MON-11
ALTER ROLE amply_app SET log_min_duration_statement = -1;
