-- harmless: partitioned by organisation; every part carries the TRUNCATE guard and row security
DROP TABLE ledger_entries;
CREATE TABLE ledger_entries (
    id varchar(20) NOT NULL, organisation_id varchar(20) NOT NULL REFERENCES organisations (id), type varchar(50) NOT NULL,
    amount bigint NOT NULL, currency varchar(3) NOT NULL, visibility varchar(30) NOT NULL, metadata jsonb NOT NULL DEFAULT '{}',
    prev_entry_hash varchar(71), entry_hash varchar(71) NOT NULL CHECK (entry_hash ~ '^sha256:[a-f0-9]{64}$'),
    created_at timestamptz NOT NULL DEFAULT now() CHECK (isfinite(created_at)), CHECK (entry_hash <> prev_entry_hash),
    PRIMARY KEY (organisation_id, id), UNIQUE (organisation_id, entry_hash),
    UNIQUE NULLS NOT DISTINCT (organisation_id, prev_entry_hash)
) PARTITION BY HASH (organisation_id);
CREATE TABLE ledger_part_0 PARTITION OF ledger_entries FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE ledger_part_1 PARTITION OF ledger_entries FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE ledger_part_2 PARTITION OF ledger_entries FOR VALUES WITH (MODULUS 3, REMAINDER 2);
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification();
CREATE TRIGGER chain BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION validate_chain_on_insert();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_entries EXECUTE FUNCTION prevent_ledger_modification();
DO $$ DECLARE part text; BEGIN
    FOREACH part IN ARRAY ARRAY['ledger_part_0', 'ledger_part_1', 'ledger_part_2'] LOOP
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION prevent_ledger_modification()', part);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_truncate, ENABLE ALWAYS TRIGGER no_change, ENABLE ALWAYS TRIGGER chain', part);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE %I OWNER TO amply_admin', part);
    END LOOP;
END $$;
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER no_change, ENABLE ALWAYS TRIGGER chain, ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE ledger_entries OWNER TO amply_admin;
ALTER TABLE ledger_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON ledger_entries FOR ALL USING (organisation_id = NULLIF(current_setting('app.current_org_id', true), ''));
GRANT SELECT, INSERT ON ledger_entries TO amply_app;
GRANT SELECT ON ledger_entries TO amply_readonly;
