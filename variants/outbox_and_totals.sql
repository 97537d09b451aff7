-- harmless: outbox, log of changes, notification, running totals
CREATE SCHEMA audit AUTHORIZATION amply_admin;
CREATE TABLE audit.log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), who name NOT NULL, actor text, tbl name NOT NULL, op text NOT NULL, old jsonb, new jsonb);
CREATE TABLE audit.outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry_id varchar(20) NOT NULL, payload jsonb NOT NULL);
CREATE TABLE audit.totals (organisation_id varchar(20), currency text, entries bigint NOT NULL, volume numeric NOT NULL, PRIMARY KEY (organisation_id, currency)) WITH (fillfactor = 50);
ALTER TABLE audit.log OWNER TO amply_admin; ALTER TABLE audit.outbox OWNER TO amply_admin; ALTER TABLE audit.totals OWNER TO amply_admin;
CREATE FUNCTION audit.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO audit.log (who, actor, tbl, op, old, new) VALUES (session_user, current_setting('app.current_user_id', true), TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW));
  RETURN NULL;
END $$;
ALTER FUNCTION audit.record() OWNER TO amply_admin;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON transactions FOR EACH ROW EXECUTE FUNCTION audit.record();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON funds FOR EACH ROW EXECUTE FUNCTION audit.record();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON organisations FOR EACH ROW EXECUTE FUNCTION audit.record();
CREATE FUNCTION audit.publish() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO audit.outbox (entry_id, payload) VALUES (NEW.id, to_jsonb(NEW) - 'metadata');
  INSERT INTO audit.totals AS t VALUES (NEW.organisation_id, NEW.currency, 1, NEW.amount) ON CONFLICT (organisation_id, currency) DO UPDATE SET entries = t.entries + 1, volume = t.volume + EXCLUDED.volume;
  PERFORM pg_notify('ledger', NEW.organisation_id || '/' || NEW.id);
  RETURN NULL;
END $$;
ALTER FUNCTION audit.publish() OWNER TO amply_admin;
CREATE TRIGGER publish AFTER INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION audit.publish();
