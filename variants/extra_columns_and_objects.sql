-- harmless: more columns, indexes, views, tables and comments
ALTER TABLE ledger_entries ADD COLUMN batch text, ADD COLUMN written_by name NOT NULL DEFAULT current_user;
CREATE INDEX ON ledger_entries USING brin (created_at);
CREATE INDEX ON ledger_entries USING gin (metadata);
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE VIEW own_entries WITH (security_invoker) AS SELECT * FROM ledger_entries;
COMMENT ON TABLE ledger_entries IS 'append-only';
ALTER TABLE organisations ADD COLUMN website text, ADD COLUMN slug text UNIQUE;
