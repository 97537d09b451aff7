"""Every way we know to write a password into a schema, into Python and into an ini; SECRET is where it stands."""

SQL = {
    "plain": "CREATE USER c_plain PASSWORD 'SECRET'",
    "encrypted": "CREATE USER c_encrypted ENCRYPTED PASSWORD 'SECRET'",
    "escape string": r"CREATE USER c_escape PASSWORD E'it\'s \\ SECRET'",
    "unicode string": "CREATE USER c_unicode PASSWORD U&'\\0061SECRET'",
    "dollar quotes": "ALTER USER c_plain PASSWORD $$it's SECRET$$",
    "tagged dollar quotes": "ALTER USER c_plain PASSWORD $p$it's $$ SECRET$p$",
    "doubled quotes": "ALTER USER c_plain PASSWORD 'it''s SECRET'",
    "ALTER ROLE": "ALTER ROLE c_plain WITH LOGIN PASSWORD 'SECRET' VALID UNTIL 'infinity'",
    "several lines": "ALTER ROLE c_plain\n  WITH PASSWORD -- it's\n  /* the\n  one */ 'first\nSECRET'",
    "continued": "ALTER ROLE c_plain PASSWORD 'first'\n  'SECRET'",
    "verifier": "ALTER ROLE c_plain PASSWORD 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
    "SECRETAAAAAAAAAAAAAAAAAAAAAAA=:SECRETAAAAAAAAAAAAAAAAAAAAAAA='",
    "format": "DO $do$ BEGIN EXECUTE format('ALTER USER c_plain PASSWORD %L', 'SECRET'); END $do$",
    "format by position": "DO $do$ BEGIN EXECUTE format('ALTER USER %1$I PASSWORD %2$L', 'c_plain',\n "
    "'it''s SECRET'); END $do$",
    "concatenated": "DO $do$ BEGIN EXECUTE 'ALTER USER c_plain PASSWORD ' || quote_literal('SECRET'); END $do$",
    "concatenated string": "DO $do$ BEGIN EXECUTE 'ALTER USER c_plain PASSWORD ''' || 'SECRET' || ''''; END $do$",
    "variable": "DO $do$ DECLARE new_password text := 'SECRET'; BEGIN EXECUTE format('ALTER USER c_plain PASSWORD %L', "
    "new_password); END $do$",
    "constant": "DO $do$ DECLARE pwd CONSTANT varchar(99) DEFAULT 'SECRET'; BEGIN NULL; END $do$",
    "executed string": "DO $do$ BEGIN EXECUTE 'ALTER USER c_plain PASSWORD ''SECRET'''; END $do$",
    "comment on": "COMMENT ON ROLE c_plain IS 'password: SECRET'",
    "comment": "SELECT 1 -- password=SECRET\n",
    "function": "CREATE FUNCTION c_function() RETURNS void LANGUAGE sql AS "
    "$f$ SELECT set_config('c.password', 'SECRET', false) $f$",
    "url in a function": "CREATE FUNCTION c_url() RETURNS text LANGUAGE sql AS "
    "$f$ SELECT 'postgresql://someone:a@SECRET@db.example/amply' $f$",
    "connection string": "CREATE FUNCTION c_dblink() RETURNS text LANGUAGE sql AS "
    "$f$ SELECT 'host=db.example user=someone password=SECRET' $f$",
    "quoted connection string": "CREATE FUNCTION c_quoted() RETURNS text LANGUAGE sql AS "
    "$f$ SELECT 'host=db.example password=''it\\''s SECRET'' user=someone' $f$",
    "concatenated connection string": "CREATE FUNCTION c_joined() RETURNS text LANGUAGE sql AS "
    "$f$ SELECT 'host=db.example password=' || 'SECRET' $f$",
    "query of a url": "CREATE VIEW c_view AS SELECT 'postgresql://db.example/amply?user=a&password=SECRET' AS where_to",
}
AS_SUPERUSER = {
    "user mapping": "CREATE EXTENSION postgres_fdw; CREATE SERVER c_server FOREIGN DATA WRAPPER postgres_fdw "
    "OPTIONS (host 'db.example'); CREATE USER MAPPING FOR amply_admin SERVER c_server OPTIONS (user 'me', password 'SECRET')",
    "subscription": "CREATE SUBSCRIPTION c_sub CONNECTION 'host=db.example password=SECRET dbname=x' PUBLICATION p "
    "WITH (connect = false, enabled = false, slot_name = NONE, create_slot = false)",
}
OTHER = {
    "ini": "[alembic]\nsqlalchemy.url = postgresql+asyncpg://amply_admin:SECRET@db.example/amply\n",
    "ini with an at": "sqlalchemy.url = postgresql+asyncpg://amply_admin:a@SECRET@db.example/amply\n",
    "keyword": 'engine = connect(host="db.example", password="it is, SECRET")',
    "python constant": "DB_PASSWORD = 'SECRET'\n",
    "python default": 'os.environ.get("DB_PASSWORD", "SECRET")',
    "dictionary": '{"user": "me", "password": "SECRET"}',
    "annotated": 'PASSWORD: str = "SECRET"',
    "token": "git+https://x-access-token:SECRET@github.com/amply/app",
}
# What stays: the words of a schema that speak of passwords, and hold none.
HARMLESS = (
    "CREATE TABLE users (password_hash text NOT NULL, password text)",
    "SELECT password FROM users WHERE id = 'usr_1'",
    "ALTER ROLE a PASSWORD NULL",
    "COMMENT ON TABLE users IS 'no password is kept here'",
    "SELECT 'https://amply.example:8443/a', 'somebody@amply.example'",
    "CHECK (token_type = 'bearer')",
)
