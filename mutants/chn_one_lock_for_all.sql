-- breaks: CHN-03
CREATE FUNCTION queue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
CREATE TRIGGER a_queue BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION queue();
