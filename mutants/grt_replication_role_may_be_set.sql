-- breaks: GRT-10 ROL-04
GRANT SET ON PARAMETER session_replication_role TO amply_app;
