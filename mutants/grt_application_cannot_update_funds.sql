-- breaks: GRT-01 TEN-04
REVOKE UPDATE ON funds FROM amply_app;
