-- breaks: CHN-04 CHN-05 CHN-06 CHN-07 CHN-14
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor;
CREATE INDEX ON ledger_entries (organisation_id, created_at, id);
CREATE OR REPLACE FUNCTION validate_chain_on_insert() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE head pg_catalog.text;
BEGIN
    SELECT e.entry_hash INTO head FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id
    ORDER BY e.created_at DESC, e.id DESC LIMIT 1;
    IF NEW.prev_entry_hash IS DISTINCT FROM head THEN RAISE EXCEPTION 'prev_entry_hash mismatch'; END IF;
    RETURN NEW;
END $$;
