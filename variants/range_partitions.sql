-- harmless: partitioned by time; links and ids in a table of their own, unique over all parts
DROP TABLE ledger_entries;
CREATE TABLE ledger_entries (id varchar(20) NOT NULL, organisation_id varchar(20) NOT NULL REFERENCES organisations (id), type varchar(50) NOT NULL,
    amount bigint NOT NULL, currency varchar(3) NOT NULL, visibility varchar(30) NOT NULL, metadata jsonb NOT NULL DEFAULT '{}',
    prev_entry_hash varchar(71), entry_hash varchar(71) NOT NULL CHECK (entry_hash ~ '^sha256:[a-f0-9]{64}$'),
    created_at timestamptz NOT NULL DEFAULT now() CHECK (isfinite(created_at)), CHECK (entry_hash <> prev_entry_hash), PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at);
CREATE TABLE ledger_before_2024 PARTITION OF ledger_entries FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE TABLE ledger_2024_2026 PARTITION OF ledger_entries FOR VALUES FROM ('2024-01-01') TO ('2027-01-01');
CREATE TABLE ledger_later PARTITION OF ledger_entries DEFAULT;
CREATE INDEX ON ledger_entries (organisation_id, created_at);
CREATE TABLE ledger_links (organisation_id varchar(20) NOT NULL, prev_entry_hash varchar(71), entry_hash varchar(71) NOT NULL, entry_id varchar(20) NOT NULL UNIQUE,
  PRIMARY KEY (organisation_id, entry_hash), UNIQUE NULLS NOT DISTINCT (organisation_id, prev_entry_hash));
ALTER TABLE ledger_links OWNER TO amply_admin;
CREATE OR REPLACE FUNCTION validate_chain_on_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.prev_entry_hash IS NOT NULL AND NOT EXISTS (SELECT FROM public.ledger_links l WHERE l.organisation_id = NEW.organisation_id AND l.entry_hash = NEW.prev_entry_hash) THEN
    RAISE EXCEPTION 'prev_entry_hash %: no entry of % to follow', NEW.prev_entry_hash, NEW.organisation_id;
  END IF;
  INSERT INTO public.ledger_links VALUES (NEW.organisation_id, NEW.prev_entry_hash, NEW.entry_hash, NEW.id);
  RETURN NEW;
END $$;
ALTER FUNCTION validate_chain_on_insert() OWNER TO amply_admin;
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON ledger_links FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_links EXECUTE FUNCTION prevent_ledger_modification();
ALTER TABLE ledger_links ENABLE ALWAYS TRIGGER no_change, ENABLE ALWAYS TRIGGER no_truncate;
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_entries EXECUTE FUNCTION prevent_ledger_modification();
CREATE TRIGGER chain BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION validate_chain_on_insert();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER no_change, ENABLE ALWAYS TRIGGER no_truncate, ENABLE ALWAYS TRIGGER chain;
DO $$ DECLARE part regclass; BEGIN
  FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'public.ledger_entries'::regclass LOOP
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s EXECUTE FUNCTION prevent_ledger_modification()', part);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_truncate, ENABLE ALWAYS TRIGGER no_change, ENABLE ALWAYS TRIGGER chain', part);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', part);
    EXECUTE format('ALTER TABLE %s OWNER TO amply_admin', part);
  END LOOP;
END $$;
ALTER TABLE ledger_entries OWNER TO amply_admin;
ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON ledger_entries USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), ''));
GRANT SELECT, INSERT ON ledger_entries TO amply_app;
GRANT SELECT ON ledger_entries TO amply_readonly;
