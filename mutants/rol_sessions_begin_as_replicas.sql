-- breaks: LED-01 LED-02 TEN-02 ROL-06
ALTER ROLE amply_app SET session_replication_role = replica;
ALTER ROLE amply_readonly SET session_replication_role = replica;
