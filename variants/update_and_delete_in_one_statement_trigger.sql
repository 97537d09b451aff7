-- harmless: one statement-level trigger under another name, another message, another SQLSTATE
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING MESSAGE = 'the ledger is immutable', ERRCODE = 'feature_not_supported', HINT = 'append a correction'; END $$;
DROP TRIGGER ledger_no_update ON ledger_entries;
DROP TRIGGER ledger_no_delete ON ledger_entries;
DROP TRIGGER ledger_no_truncate ON ledger_entries;
CREATE TRIGGER z_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries EXECUTE FUNCTION keep();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER z_immutable;
DROP FUNCTION prevent_ledger_modification();
