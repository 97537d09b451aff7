-- breaks: CHN-06
CREATE FUNCTION queue() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_lock(hashtext(NEW.organisation_id)); RETURN NEW; END $$;
CREATE TRIGGER a_queue BEFORE INSERT ON ledger_entries FOR EACH ROW
    WHEN (NEW.type = 'fee' AND NEW.prev_entry_hash IS NOT NULL AND NEW.organisation_id LIKE 'org_0%') EXECUTE FUNCTION queue();
