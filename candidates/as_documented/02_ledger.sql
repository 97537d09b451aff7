-- "Ledger Table (Critical)", to the letter.

CREATE TABLE ledger_entries (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations(id),
    type            VARCHAR(50) NOT NULL,
    amount          BIGINT NOT NULL,
    currency        VARCHAR(3) NOT NULL,
    visibility      VARCHAR(30) NOT NULL,
    metadata        JSONB NOT NULL DEFAULT '{}',
    prev_entry_hash VARCHAR(71),
    entry_hash      VARCHAR(71) NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT NOW(),

    CONSTRAINT valid_hash CHECK (entry_hash ~ '^sha256:[a-f0-9]{64}$')
);

-- CRITICAL: Prevent modification
CREATE OR REPLACE FUNCTION prevent_ledger_modification()
RETURNS TRIGGER AS $$
BEGIN
    RAISE EXCEPTION 'Ledger entries cannot be modified or deleted';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER ledger_no_update
    BEFORE UPDATE ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification();

CREATE TRIGGER ledger_no_delete
    BEFORE DELETE ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification();

-- CRITICAL: Validate hash chain on INSERT (defense-in-depth)
CREATE OR REPLACE FUNCTION validate_chain_on_insert()
RETURNS TRIGGER AS $$
DECLARE
    actual_prev_hash TEXT;
BEGIN
    -- Get the actual latest entry for this organisation
    SELECT entry_hash INTO actual_prev_hash
    FROM ledger_entries
    WHERE organisation_id = NEW.organisation_id
    ORDER BY created_at DESC, id DESC
    LIMIT 1;

    -- First entry for org: prev_entry_hash should be NULL
    -- Subsequent entries: prev_entry_hash should match actual previous
    IF actual_prev_hash IS NULL THEN
        IF NEW.prev_entry_hash IS NOT NULL THEN
            RAISE EXCEPTION 'First entry for organisation must have NULL prev_entry_hash';
        END IF;
    ELSE
        IF NEW.prev_entry_hash IS DISTINCT FROM actual_prev_hash THEN
            RAISE EXCEPTION 'prev_entry_hash mismatch. Expected: %, Got: %',
                actual_prev_hash, NEW.prev_entry_hash;
        END IF;
    END IF;

    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER ledger_validate_chain
    BEFORE INSERT ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION validate_chain_on_insert();
