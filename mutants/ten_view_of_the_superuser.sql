-- breaks: TEN-13
CREATE VIEW latest_entries AS SELECT id, amount FROM ledger_entries ORDER BY created_at DESC LIMIT 100;
GRANT SELECT ON latest_entries TO amply_app, amply_readonly;
