-- breaks: GRT-10 ROL-02 ROL-04
GRANT rds_superuser TO amply_app;
