-- breaks: TEN-15
CREATE FUNCTION own_fund() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.funds f WHERE f.id = NEW.fund_id AND f.organisation_id <> NEW.organisation_id) THEN
        RAISE EXCEPTION 'fund % belongs to another organisation', NEW.fund_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER own_fund BEFORE INSERT ON transactions FOR EACH ROW EXECUTE FUNCTION own_fund();
