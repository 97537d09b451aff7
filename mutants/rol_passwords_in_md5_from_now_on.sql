-- breaks: ROL-05
ALTER DATABASE amply SET password_encryption = 'md5';
