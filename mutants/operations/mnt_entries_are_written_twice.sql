-- breaks: MNT-09
DROP TRIGGER ledger_no_update ON ledger_entries;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE public.ledger_entries SET metadata = metadata || '{"stamped": true}' WHERE id = NEW.id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER stamped AFTER INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION stamp();
