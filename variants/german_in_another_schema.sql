-- harmless: one function for everything in a schema of its own, in German, under SQLSTATE 23001
DROP TRIGGER ledger_no_update ON ledger_entries; DROP TRIGGER ledger_no_delete ON ledger_entries; DROP TRIGGER ledger_no_truncate ON ledger_entries;
CREATE SCHEMA ledger_guard AUTHORIZATION amply_admin;
CREATE FUNCTION ledger_guard.verweigern() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN RAISE EXCEPTION 'Buchungen sind endgültig: % auf % verweigert', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
ALTER FUNCTION ledger_guard.verweigern() OWNER TO amply_admin;
CREATE TRIGGER endgueltig_zeile BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_guard.verweigern();
CREATE TRIGGER endgueltig BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard.verweigern();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER endgueltig_zeile, ENABLE ALWAYS TRIGGER endgueltig;
ALTER FUNCTION validate_chain_on_insert() SET SCHEMA ledger_guard;
DROP FUNCTION prevent_ledger_modification();
