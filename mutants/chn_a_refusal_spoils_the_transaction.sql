-- breaks: CHN-13
CREATE SEQUENCE spoiled;
CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT last_value FROM public.spoiled) = pg_current_xact_id()::text::bigint THEN
        RAISE EXCEPTION 'an append of this transaction was refused before';
    END IF;
    IF NEW.prev_entry_hash IS NOT NULL AND NOT EXISTS (SELECT FROM public.ledger_entries e
        WHERE e.organisation_id = NEW.organisation_id AND e.entry_hash = NEW.prev_entry_hash) THEN
        PERFORM setval('public.spoiled', pg_current_xact_id()::text::bigint);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_spoil BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION spoil();
