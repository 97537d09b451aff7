-- breaks: LED-04
CREATE FUNCTION only_alone() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF current_query() ILIKE '%organisations%' THEN RETURN NULL; END IF; RAISE EXCEPTION 'the ledger is append-only'; END $$;
DROP TRIGGER ledger_no_truncate ON ledger_entries;
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION only_alone();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_truncate;
