-- breaks: CHN-10
CREATE FUNCTION count_all() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN PERFORM count(e.metadata) FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id; RETURN NEW; END $$;
CREATE TRIGGER a_count BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION count_all();
