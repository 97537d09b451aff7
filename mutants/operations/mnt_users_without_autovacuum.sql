-- breaks: MNT-08
ALTER TABLE users SET (autovacuum_enabled = off);
