-- breaks: ROL-02
GRANT rds_superuser TO amply_app;
