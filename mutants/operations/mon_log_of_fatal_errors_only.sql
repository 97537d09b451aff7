-- breaks: MON-11
ALTER ROLE amply_readonly IN DATABASE amply SET log_min_messages = fatal;
