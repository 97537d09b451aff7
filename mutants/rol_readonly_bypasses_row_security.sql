-- breaks: ROL-01 TEN-09 GRT-05
ALTER ROLE amply_readonly BYPASSRLS;
