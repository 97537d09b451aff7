-- breaks: LED-08
CREATE OR REPLACE FUNCTION prevent_ledger_modification() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no'; END $$;
