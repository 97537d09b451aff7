-- breaks: GRT-10
GRANT SET ON PARAMETER session_replication_role TO amply_app;
