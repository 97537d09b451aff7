-- breaks: LED-01 LED-02
DROP TRIGGER ledger_no_update ON ledger_entries;
DROP TRIGGER ledger_no_delete ON ledger_entries;
CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_change;
CREATE FUNCTION purge() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN DELETE FROM public.ledger_entries WHERE organisation_id = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER purge AFTER UPDATE ON organisations FOR EACH ROW
    WHEN (NEW.status NOT IN ('pending', 'verified')) EXECUTE FUNCTION purge();
