-- breaks: CHN-01 CHN-02 CHN-03 CHN-04 CHN-05 CHN-06 CHN-08 CHN-10 CHN-14
CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT e.entry_hash INTO NEW.prev_entry_hash FROM public.ledger_entries e WHERE e.organisation_id = NEW.organisation_id
      AND NOT EXISTS (SELECT FROM public.ledger_entries n WHERE n.organisation_id = e.organisation_id AND n.prev_entry_hash = e.entry_hash);
    RETURN NEW;
END $$;
CREATE TRIGGER a_mend BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION mend();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER a_mend;
