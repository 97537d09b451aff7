-- harmless: documented id prefixes, and required columns of many kinds with ordinary rules
ALTER TABLE ledger_entries ADD CONSTRAINT entry_id_format CHECK (id ~ '^led_[A-Za-z0-9]+$');
ALTER TABLE organisations ADD COLUMN contact_email text NOT NULL CHECK (contact_email LIKE '%_@_%'), ADD COLUMN slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]+$'), ALTER COLUMN tax_id SET NOT NULL, ALTER COLUMN country SET NOT NULL;
ALTER TABLE organisations ADD COLUMN base_currency varchar(3) NOT NULL CHECK (base_currency IN ('EUR', 'GBP', 'USD', 'CHF')), ADD COLUMN locale text NOT NULL CHECK (locale ~ '^[a-z]{2}-[A-Z]{2}$');
ALTER TABLE organisations ADD COLUMN platform_fee_percent numeric(4,2) NOT NULL CHECK (platform_fee_percent BETWEEN 0 AND 100);
ALTER TABLE funds ADD COLUMN overhead_percent smallint NOT NULL CHECK (overhead_percent BETWEEN 0 AND 100);
ALTER TABLE funds ADD COLUMN starts_on date NOT NULL, ADD COLUMN ends_on date NOT NULL, ADD CHECK (ends_on > starts_on);
ALTER TABLE funds ADD COLUMN active tstzrange NOT NULL;
CREATE TABLE currencies (code varchar(3) PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'), name text NOT NULL);
INSERT INTO currencies VALUES ('EUR','Euro'),('GBP','Pound'),('USD','Dollar'),('CHF','Franken');
ALTER TABLE currencies OWNER TO amply_admin;
GRANT SELECT ON currencies TO amply_app, amply_readonly;
ALTER TABLE funds ADD FOREIGN KEY (currency) REFERENCES currencies (code);
ALTER TABLE transactions ADD FOREIGN KEY (currency) REFERENCES currencies (code);
ALTER TABLE ledger_entries ADD FOREIGN KEY (currency) REFERENCES currencies (code);
ALTER TABLE users ADD COLUMN organisation_id varchar(20) NOT NULL REFERENCES organisations (id), ADD UNIQUE (organisation_id, id);
ALTER TABLE transactions ADD COLUMN created_by varchar(20) NOT NULL, ADD FOREIGN KEY (organisation_id, created_by) REFERENCES users (organisation_id, id);
