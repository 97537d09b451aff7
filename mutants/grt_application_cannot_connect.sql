-- breaks: GRT-06
REVOKE CONNECT ON DATABASE amply FROM amply_app;
