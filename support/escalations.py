"""What somebody with the application's or the read-only user's password would try in order to become more.

Each attempt is one or more statements. `{me}` stands for the own role, `{table}` for the ledger. An attempt that the
superuser cannot make either (an extension that is not installed, say) proves nothing and is left out by the caller.
"""

from dataclasses import dataclass

from spec import APP, OWNER, READONLY, TABLES


@dataclass(frozen=True)
class Attempt:
    """Statements run one after the other in a transaction (`alone`: each by itself); the last is the one that counts."""

    statements: tuple[str, ...]
    alone: bool = False


def _one(statement: str) -> Attempt:
    return Attempt((statement,))


def _alone(statement: str) -> Attempt:
    return Attempt((statement,), alone=True)


def _in_do(statement: str) -> Attempt:
    return _one(f"DO $do$ BEGIN EXECUTE $sql$ {statement} $sql$; END $do$")


ANOTHER_ROLE = {
    "SET ROLE of the owner": _one(f"SET LOCAL ROLE {OWNER}"),
    "SET ROLE of the superuser": _one("SET LOCAL ROLE postgres"),
    "SET ROLE of rds_superuser": _one("SET LOCAL ROLE rds_superuser"),
    "SET ROLE of pg_read_all_data": _one("SET LOCAL ROLE pg_read_all_data"),
    "SET ROLE of the other user": _one("SET LOCAL ROLE {other}"),
    "SET SESSION AUTHORIZATION": _one(f"SET LOCAL SESSION AUTHORIZATION {OWNER}"),
    "SET ROLE in a DO block": _in_do(f"SET LOCAL ROLE {OWNER}"),
    "ALTER ROLE of itself to superuser": _one("ALTER ROLE {me} SUPERUSER"),
    "ALTER ROLE of itself to BYPASSRLS": _one("ALTER ROLE {me} BYPASSRLS"),
    "ALTER ROLE of itself to CREATEROLE": _one("ALTER ROLE {me} CREATEROLE"),
    "ALTER ROLE of itself to REPLICATION": _one("ALTER ROLE {me} REPLICATION"),
    "the owner's password": _one(f"ALTER ROLE {OWNER} VALID UNTIL '2000-01-01'"),
    "a new role": _one("CREATE ROLE intruder SUPERUSER"),
    "membership in the owner": _one(f"GRANT {OWNER} TO {{me}}"),
    "membership in pg_execute_server_program": _one("GRANT pg_execute_server_program TO {me}"),
    "a setting for the owner": _one(f"ALTER ROLE {OWNER} SET search_path = pg_temp"),
}

THE_SCHEMA = {
    "disabling the triggers": _one("ALTER TABLE {table} DISABLE TRIGGER ALL"),
    "disabling row security": _one("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
    "no more forced row security": _one("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"),
    "replacing the triggers' functions": _one(
        "DO $do$ DECLARE f record; BEGIN FOR f IN SELECT DISTINCT p.oid::regproc AS name FROM pg_trigger t "
        "JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = '{table}'::regclass AND NOT t.tgisinternal LOOP "
        "EXECUTE format('CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS "
        "$f$ BEGIN RETURN NEW; END $f$', f.name); END LOOP; "
        "IF NOT FOUND THEN RAISE SQLSTATE '22000'; END IF; END $do$"
    ),
    "another policy": _one("CREATE POLICY intruder ON {table} USING (true)"),
    "dropping the ledger": _one("DROP TABLE {table} CASCADE"),
    "renaming the ledger": _one("ALTER TABLE {table} RENAME TO old_entries"),
    "owning the ledger": _one("ALTER TABLE {table} OWNER TO {me}"),
    "a trigger on the ledger": _one(
        "CREATE TRIGGER intruder BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "a rule on the ledger": _one("CREATE RULE intruder AS ON INSERT TO {table} DO INSTEAD NOTHING"),
    "a child of the ledger": Attempt(("CREATE TABLE public.child () INHERITS ({table})",)),
    "a column of the ledger": _one("ALTER TABLE {table} ADD COLUMN x int"),
    "granting itself a privilege": Attempt(
        (
            "GRANT REFERENCES ON {table} TO {me}",
            "SELECT 1 / has_table_privilege('{me}', '{table}', 'REFERENCES')::int",
        )
    ),
    "a function in public": _one("CREATE FUNCTION public.intruder() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    "a view in public": _one("CREATE VIEW public.intruder AS SELECT 1 AS x"),
    "an operator in public": _one(
        "CREATE OPERATOR public.= (FUNCTION = pg_catalog.texteq, LEFTARG = text, RIGHTARG = text)"
    ),
    "a type in public": _one("CREATE DOMAIN public.text AS pg_catalog.text"),
    "a schema": _one("CREATE SCHEMA intruder"),
    "a schema of its own name": _one("CREATE SCHEMA {me}"),
    "DDL in a DO block": _in_do("ALTER TABLE {table} DISABLE TRIGGER ALL"),
    "a comment on the ledger": _one("COMMENT ON TABLE {table} IS 'mine'"),
}

THE_SERVER = {
    "session_replication_role": _one("SET LOCAL session_replication_role = replica"),
    "COPY ... FROM PROGRAM": Attempt(("CREATE TEMP TABLE t (x text) ON COMMIT DROP", "COPY t FROM PROGRAM 'true'")),
    "COPY ... TO PROGRAM": _one("COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'"),
    "COPY ... TO a file": _one("COPY (SELECT 1) TO '/dev/null'"),
    "COPY ... FROM a file": Attempt(("CREATE TEMP TABLE t (x text) ON COMMIT DROP", "COPY t FROM '/dev/null'")),
    "pg_read_file": _one("SELECT pg_read_file('PG_VERSION')"),
    "pg_read_binary_file": _one("SELECT pg_read_binary_file('PG_VERSION')"),
    "pg_ls_dir": _one("SELECT pg_ls_dir('.')"),
    "pg_stat_file": _one("SELECT pg_stat_file('PG_VERSION')"),
    "lo_import": _one("SELECT lo_import('/dev/null')"),
    "lo_export": Attempt(("SELECT lo_create(424242)", "SELECT lo_export(424242, '/dev/null')")),
    "passwords": _one("SELECT rolpassword FROM pg_catalog.pg_authid"),
    "statistics of all": _one("SELECT stavalues1 FROM pg_catalog.pg_statistic"),
    "ALTER SYSTEM": _alone("ALTER SYSTEM SET work_mem = '4MB'"),
    "pg_reload_conf": _one("SELECT pg_reload_conf()"),
    "a setting of the database": _one("ALTER DATABASE {database} SET app.current_org_id = 'org_acme'"),
    "a new database": _alone("CREATE DATABASE amply_intruder"),
    "an extension": _one("CREATE EXTENSION dblink"),
    "a foreign-data wrapper": _one("CREATE FOREIGN DATA WRAPPER intruder"),
    "an untrusted language": _one("CREATE FUNCTION pg_temp.c() RETURNS int LANGUAGE internal AS 'now'"),
    "a publication": _one("CREATE PUBLICATION intruder"),
    "a replication slot": _one("SELECT pg_create_physical_replication_slot('intruder', false, true)"),
    "an event trigger": Attempt(
        (
            "CREATE FUNCTION pg_temp.probe() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
            "CREATE EVENT TRIGGER intruder ON ddl_command_end EXECUTE FUNCTION pg_temp.probe()",
        )
    ),
}
ATTEMPTS = {**ANOTHER_ROLE, **THE_SCHEMA, **THE_SERVER}


def written(statement: str, me: str, database: str) -> str:
    """The statement with its names filled in."""
    other = READONLY if me == APP else APP
    names = {"me": me, "other": other, "table": f"public.{TABLES.ledger}", "database": database}
    for name, value in names.items():
        statement = statement.replace(f"{{{name}}}", value)
    return statement
