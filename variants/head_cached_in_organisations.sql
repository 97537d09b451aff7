-- harmless: head and length cached in the organisation's row, kept by a trigger
ALTER TABLE organisations ADD COLUMN ledger_head varchar(71), ADD COLUMN ledger_length bigint NOT NULL DEFAULT 0;
CREATE FUNCTION cache_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN UPDATE public.organisations o SET ledger_head = NEW.entry_hash, ledger_length = o.ledger_length + 1 WHERE o.id = NEW.organisation_id; RETURN NULL; END $$;
ALTER FUNCTION cache_head() OWNER TO amply_admin;
CREATE TRIGGER z_cache_head AFTER INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION cache_head();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER z_cache_head;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON organisations FOR EACH ROW EXECUTE FUNCTION touch();
