-- breaks: CHN-09
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor;
CREATE OR REPLACE FUNCTION validate_chain_on_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found_one boolean;
BEGIN
    IF NEW.prev_entry_hash IS NULL THEN
        IF EXISTS (SELECT FROM ledger_entries WHERE organisation_id = NEW.organisation_id) THEN
            RAISE EXCEPTION 'prev_entry_hash mismatch'; END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM ledger_entries WHERE organisation_id = NEW.organisation_id AND entry_hash = NEW.prev_entry_hash)
       OR EXISTS (SELECT FROM ledger_entries WHERE organisation_id = NEW.organisation_id AND prev_entry_hash = NEW.prev_entry_hash)
    THEN RAISE EXCEPTION 'prev_entry_hash mismatch'; END IF;
    RETURN NEW;
END $$;
ALTER FUNCTION validate_chain_on_insert() RESET ALL;
ALTER TABLE ledger_entries ADD UNIQUE NULLS NOT DISTINCT (organisation_id, prev_entry_hash);
ALTER TABLE ledger_entries DROP CONSTRAINT one_entry_per_hash;
CREATE UNIQUE INDEX ON ledger_entries (organisation_id, entry_hash);
