-- breaks: CHN-03 CHN-10
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor;
CREATE UNIQUE INDEX ON ledger_entries (left(organisation_id, 12), prev_entry_hash) NULLS NOT DISTINCT;
CREATE INDEX ON ledger_entries (left(organisation_id, 12), entry_hash);
CREATE OR REPLACE FUNCTION validate_chain_on_insert() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head pg_catalog.text;
BEGIN
    IF NEW.prev_entry_hash IS NULL THEN
        IF EXISTS (SELECT FROM public.ledger_entries e WHERE left(e.organisation_id, 12) = left(NEW.organisation_id, 12)) THEN
            RAISE EXCEPTION 'prev_entry_hash mismatch. Only the first entry of organisation % has none', NEW.organisation_id;
        END IF;
        RETURN NEW;
    END IF;

    SELECT e.entry_hash INTO head
    FROM public.ledger_entries e
    WHERE left(e.organisation_id, 12) = left(NEW.organisation_id, 12) AND e.entry_hash = NEW.prev_entry_hash;

    IF head IS NULL THEN
        IF EXISTS (SELECT FROM public.ledger_entries e WHERE left(e.organisation_id, 12) = left(NEW.organisation_id, 12)) THEN
            RAISE EXCEPTION 'prev_entry_hash mismatch. Got: %, which is no entry of organisation %',
                NEW.prev_entry_hash, NEW.organisation_id;
        END IF;
        RAISE EXCEPTION 'First entry for organisation must have NULL prev_entry_hash';
    END IF;

    IF EXISTS (
        SELECT FROM public.ledger_entries e
        WHERE left(e.organisation_id, 12) = left(NEW.organisation_id, 12) AND e.prev_entry_hash = NEW.prev_entry_hash
    ) THEN
        RAISE EXCEPTION 'prev_entry_hash mismatch. Got: %, which another entry follows already', NEW.prev_entry_hash;
    END IF;

    RETURN NEW;
END;
$$;
