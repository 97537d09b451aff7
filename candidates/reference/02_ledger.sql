-- The ledger: append-only, one hash chain per organisation.

CREATE TABLE ledger_entries (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations (id),
    type            VARCHAR(50) NOT NULL,
    amount          BIGINT NOT NULL,
    currency        VARCHAR(3) NOT NULL,
    visibility      VARCHAR(30) NOT NULL,
    metadata        JSONB NOT NULL DEFAULT '{}',
    prev_entry_hash VARCHAR(71),
    entry_hash      VARCHAR(71) NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT NOW(),

    CONSTRAINT valid_hash CHECK (entry_hash ~ '^sha256:[a-f0-9]{64}$'),

    -- Beyond the document. A time that cannot be written out cannot be hashed.
    CONSTRAINT finite_time CHECK (isfinite(created_at)),
    -- A trigger sees only what its snapshot sees; two appends at once are told apart by an index alone.
    -- NULLS NOT DISTINCT: two first entries are a fork too. The chain check below looks its rows up here.
    CONSTRAINT one_successor UNIQUE NULLS NOT DISTINCT (organisation_id, prev_entry_hash),
    -- A hash that came twice would close a cycle.
    CONSTRAINT one_entry_per_hash UNIQUE (organisation_id, entry_hash),
    CONSTRAINT no_self_link CHECK (entry_hash <> prev_entry_hash)
);

CREATE FUNCTION prevent_ledger_modification() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Ledger entries cannot be modified or deleted';
END;
$$;

CREATE TRIGGER ledger_no_update
    BEFORE UPDATE ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification();

CREATE TRIGGER ledger_no_delete
    BEFORE DELETE ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification();

-- Beyond the document: TRUNCATE fires no row trigger.
CREATE TRIGGER ledger_no_truncate
    BEFORE TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION prevent_ledger_modification();

-- The head is the entry that no entry follows. Times and ids say nothing about it: a transaction's now() is its start,
-- clocks differ, and several entries of one transaction share one time. Every name is qualified and search_path is pinned,
-- so that a session's temporary objects cannot stand in for ours.
CREATE FUNCTION validate_chain_on_insert() RETURNS TRIGGER
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head pg_catalog.text;
BEGIN
    IF NEW.prev_entry_hash IS NULL THEN
        IF EXISTS (SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id) THEN
            RAISE EXCEPTION 'prev_entry_hash mismatch. Only the first entry of organisation % has none', NEW.organisation_id;
        END IF;
        RETURN NEW;
    END IF;

    SELECT e.entry_hash INTO head
    FROM public.ledger_entries e
    WHERE e.organisation_id = NEW.organisation_id AND e.entry_hash = NEW.prev_entry_hash;

    IF head IS NULL THEN
        IF EXISTS (SELECT FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id) THEN
            RAISE EXCEPTION 'prev_entry_hash mismatch. Got: %, which is no entry of organisation %',
                NEW.prev_entry_hash, NEW.organisation_id;
        END IF;
        RAISE EXCEPTION 'First entry for organisation must have NULL prev_entry_hash';
    END IF;

    IF EXISTS (
        SELECT FROM public.ledger_entries e
        WHERE e.organisation_id = NEW.organisation_id AND e.prev_entry_hash = NEW.prev_entry_hash
    ) THEN
        RAISE EXCEPTION 'prev_entry_hash mismatch. Got: %, which another entry follows already', NEW.prev_entry_hash;
    END IF;

    RETURN NEW;
END;
$$;

CREATE TRIGGER ledger_validate_chain
    BEFORE INSERT ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION validate_chain_on_insert();

-- Beyond the document: session_replication_role = replica skips ordinary triggers.
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update;
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_delete;
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_truncate;
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_validate_chain;
