-- breaks: CHN-03 CHN-05 CHN-06 CHN-14
CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.prev_entry_hash <> NULLIF(current_setting('amply.head', true), '') THEN
        RAISE EXCEPTION 'prev_entry_hash mismatch: the head is %', current_setting('amply.head', true);
    END IF;
    PERFORM set_config('amply.head', NEW.entry_hash, false);
    RETURN NEW;
END $$;
CREATE TRIGGER remember AFTER INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION remember();
