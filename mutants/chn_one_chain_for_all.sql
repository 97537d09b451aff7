-- breaks: CHN-01 CHN-02 CHN-03 CHN-10 CHN-14
CREATE OR REPLACE FUNCTION validate_chain_on_insert() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.prev_entry_hash IS NOT NULL AND NOT EXISTS (SELECT FROM public.ledger_entries WHERE entry_hash = NEW.prev_entry_hash)
    THEN RAISE EXCEPTION 'prev_entry_hash mismatch'; END IF;
    IF NEW.prev_entry_hash IS NULL AND EXISTS (SELECT FROM public.ledger_entries WHERE organisation_id = NEW.organisation_id)
    THEN RAISE EXCEPTION 'prev_entry_hash mismatch'; END IF;
    RETURN NEW;
END $$;
