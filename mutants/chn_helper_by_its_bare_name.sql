-- breaks: CHN-09
CREATE FUNCTION is_entry(org text, hash text) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS
    'SELECT EXISTS (SELECT FROM public.ledger_entries e WHERE e.organisation_id = org AND e.entry_hash = hash)';
CREATE OR REPLACE FUNCTION validate_chain_on_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.prev_entry_hash IS NULL THEN
        IF EXISTS (SELECT FROM public.ledger_entries e WHERE e.organisation_id OPERATOR(pg_catalog.=) NEW.organisation_id) THEN
            RAISE EXCEPTION 'prev_entry_hash mismatch: only the first entry has none'; END IF;
        RETURN NEW;
    END IF;
    IF NOT is_entry(NEW.organisation_id, NEW.prev_entry_hash) THEN
        RAISE EXCEPTION 'prev_entry_hash mismatch: no entry of the organisation'; END IF;
    IF EXISTS (SELECT FROM public.ledger_entries e WHERE e.organisation_id OPERATOR(pg_catalog.=) NEW.organisation_id
               AND e.prev_entry_hash OPERATOR(pg_catalog.=) NEW.prev_entry_hash) THEN
        RAISE EXCEPTION 'prev_entry_hash mismatch: followed already'; END IF;
    RETURN NEW;
END $$;
ALTER FUNCTION validate_chain_on_insert() RESET ALL;
