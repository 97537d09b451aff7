-- harmless: a second writer on a chain is told at once instead of kept waiting
ALTER FUNCTION validate_chain_on_insert() RENAME TO validate_chain;
CREATE FUNCTION one_writer_a_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended(NEW.organisation_id, 4711)) THEN
    RAISE EXCEPTION 'the chain of % is being written by another transaction, retry', NEW.organisation_id USING ERRCODE = 'lock_not_available';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_one_writer BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION one_writer_a_chain();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER a_one_writer;
