-- breaks: CHN-01 CHN-03 CHN-14
CREATE FUNCTION is_first(organisation text) RETURNS boolean LANGUAGE sql AS
    'SELECT NOT EXISTS (SELECT FROM public.ledger_entries WHERE organisation_id = $1)';
CREATE FUNCTION lenient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF public.is_first(NEW.organisation_id) THEN RETURN NEW; END IF;
    IF NOT EXISTS (SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id
                   AND e.entry_hash = NEW.prev_entry_hash) THEN RAISE EXCEPTION 'prev_entry_hash mismatch'; END IF;
    RETURN NEW;
END $$;
DROP TRIGGER ledger_validate_chain ON ledger_entries;
CREATE TRIGGER ledger_validate_chain BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION lenient();
ALTER FUNCTION lenient() SET search_path = pg_catalog, pg_temp;
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_validate_chain;
