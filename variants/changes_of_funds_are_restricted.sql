-- harmless: currency of funds under another name; transactions final but for their status
ALTER TABLE funds RENAME COLUMN currency TO currency_code;
CREATE FUNCTION completed_is_final() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (NEW.amount, NEW.currency) IS DISTINCT FROM (OLD.amount, OLD.currency) THEN
    RAISE EXCEPTION 'amount and currency of a transaction are final';
  END IF;
  RETURN NEW;
END $$;
ALTER FUNCTION completed_is_final() OWNER TO amply_admin;
CREATE TRIGGER completed_is_final BEFORE UPDATE ON transactions FOR EACH ROW EXECUTE FUNCTION completed_is_final();
ALTER TABLE transactions ALTER COLUMN fund_id SET NOT NULL;
