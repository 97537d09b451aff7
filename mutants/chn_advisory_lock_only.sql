-- breaks: CHN-05 CHN-06 CHN-07
ALTER TABLE ledger_entries DROP CONSTRAINT one_successor;
CREATE INDEX ON ledger_entries (organisation_id, prev_entry_hash);
CREATE FUNCTION queue() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock(hashtext(NEW.organisation_id)); RETURN NEW; END $$;
CREATE TRIGGER a_queue BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION queue();
