-- breaks: MON-11
ALTER DATABASE amply SET log_min_duration_statement = 5000;
