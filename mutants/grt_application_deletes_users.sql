-- breaks: GRT-01
GRANT DELETE ON users TO amply_app;
