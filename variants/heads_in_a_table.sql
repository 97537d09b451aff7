-- harmless: a row per organisation holds the head; its row lock orders the writers
CREATE TABLE ledger_heads (organisation_id varchar(20) PRIMARY KEY REFERENCES organisations (id), entry_hash varchar(71));
CREATE OR REPLACE FUNCTION validate_chain_on_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE head pg_catalog.varchar;
BEGIN
    INSERT INTO public.ledger_heads VALUES (NEW.organisation_id, NULL) ON CONFLICT DO NOTHING;
    SELECT h.entry_hash INTO head FROM public.ledger_heads h WHERE h.organisation_id = NEW.organisation_id FOR UPDATE;
    IF NEW.prev_entry_hash IS DISTINCT FROM head THEN
        RAISE EXCEPTION 'prev_entry_hash mismatch. Expected: %, Got: %', head, NEW.prev_entry_hash;
    END IF;
    UPDATE public.ledger_heads SET entry_hash = NEW.entry_hash WHERE organisation_id = NEW.organisation_id;
    RETURN NEW;
END $$;
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor;
REVOKE ALL ON ledger_heads FROM PUBLIC;
ALTER TABLE ledger_heads OWNER TO amply_admin;
