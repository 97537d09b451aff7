-- breaks: CHN-02 CHN-10 CHN-13
CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM (SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id LIMIT 15) t) = 15
       AND (SELECT min(e.created_at) FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id) > now() - interval '1 hour'
    THEN RAISE EXCEPTION 'the ledger is full'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_full BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION full_up();
