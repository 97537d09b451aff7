-- breaks: ROL-05
SET password_encryption = 'md5';
ALTER ROLE amply_app PASSWORD 'changeme';
ALTER ROLE amply_readonly PASSWORD 'changeme';
