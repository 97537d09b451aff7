-- breaks: LED-01
DROP TRIGGER ledger_no_update ON ledger_entries;
CREATE FUNCTION holds_a_lock() RETURNS boolean LANGUAGE sql SET search_path = pg_catalog, pg_temp AS
$$ SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) $$;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entries FOR EACH ROW
    WHEN (NOT holds_a_lock()) EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update;
