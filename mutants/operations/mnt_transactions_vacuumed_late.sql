-- breaks: MNT-08
ALTER TABLE transactions SET (autovacuum_vacuum_threshold = 1000000);
