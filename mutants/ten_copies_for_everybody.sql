-- breaks: TEN-13
CREATE TABLE activity (id bigint GENERATED ALWAYS AS IDENTITY, organisation_id text, amount bigint);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$ BEGIN INSERT INTO public.activity (organisation_id, amount) VALUES (NEW.organisation_id, NEW.amount); RETURN NULL; END $$;
CREATE TRIGGER note AFTER INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION note();
GRANT SELECT ON activity TO amply_app;
