-- harmless: languages and types closed to PUBLIC
REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql, sql TO amply_admin;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
CREATE TYPE waehrung AS ENUM ('EUR', 'GBP', 'USD', 'CHF'); ALTER TYPE waehrung OWNER TO amply_admin;
CREATE DOMAIN sha256 AS varchar(71) CHECK (VALUE LIKE 'sha256:%') CHECK (VALUE ~ ':[0-9a-f]{64}$' AND length(VALUE) = 71); ALTER DOMAIN sha256 OWNER TO amply_admin;
ALTER TABLE ledger_entries DROP CONSTRAINT valid_hash, ALTER COLUMN currency TYPE waehrung USING currency::waehrung, ALTER COLUMN entry_hash TYPE sha256, ALTER COLUMN prev_entry_hash TYPE sha256;
REVOKE ALL ON TYPE waehrung, sha256 FROM PUBLIC;
