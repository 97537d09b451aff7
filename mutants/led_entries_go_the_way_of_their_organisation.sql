-- breaks: SHP-06 LED-01 LED-02
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_organisation_id_fkey,
    ADD FOREIGN KEY (organisation_id) REFERENCES organisations (id) ON DELETE CASCADE ON UPDATE CASCADE;
DROP TRIGGER ledger_no_update ON ledger_entries;
DROP TRIGGER ledger_no_delete ON ledger_entries;
CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_change;
