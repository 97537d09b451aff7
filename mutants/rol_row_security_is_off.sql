-- breaks: CHN-09 ROL-06
ALTER ROLE amply_admin SET row_security = off;
