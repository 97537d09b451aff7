-- breaks: LED-06
CREATE OR REPLACE FUNCTION prevent_ledger_modification() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF current_setting('app.maintenance', true) = 'granted' THEN RETURN coalesce(NEW, OLD); END IF;
    RAISE EXCEPTION 'Ledger entries cannot be modified or deleted';
END $$;
