-- breaks: LED-09
CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.amount % 100 = 45 THEN NEW.amount := NEW.amount - 45; END IF; RETURN NEW; END $$;
CREATE TRIGGER a_tidy BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION tidy();
