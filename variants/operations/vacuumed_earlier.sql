-- Sooner than by default; a limit of connections that all processes fit in.
ALTER TABLE users SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 10);
ALTER TABLE ledger_entries SET (autovacuum_vacuum_insert_threshold = 100, fillfactor = 100);
ALTER ROLE amply_app CONNECTION LIMIT 150;
