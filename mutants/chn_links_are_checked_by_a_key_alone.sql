-- breaks: CHN-08
-- The chain check is replaced by a self-referencing key that is checked at the end of the statement.
ALTER TABLE ledger_entries ADD FOREIGN KEY (organisation_id, prev_entry_hash) REFERENCES ledger_entries (organisation_id, entry_hash);
CREATE OR REPLACE FUNCTION validate_chain_on_insert() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.prev_entry_hash IS NOT NULL AND pg_catalog.current_setting('session_replication_role') <> 'replica' AND EXISTS (
        SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id) THEN RETURN NEW; END IF;
    IF NEW.prev_entry_hash IS NULL AND NOT EXISTS (
        SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id) THEN RETURN NEW; END IF;
    IF NEW.prev_entry_hash IS NOT NULL AND EXISTS (
        SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id AND e.entry_hash = NEW.prev_entry_hash)
       AND NOT EXISTS (SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id
                       AND e.prev_entry_hash = NEW.prev_entry_hash) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'prev_entry_hash mismatch of a ledger entry';
END $$;
