"""Whatever somebody changes in the live database by hand is named as drift, under the guarantee that it breaks."""

import psycopg
import pytest

from support import catalog_questions
from support.acquire import acquire
from support.database import clone
from support.drift import drift
from support.rds_like import DATABASE
from support.server import LIMITS
from support.subject import SOWN, prepare
from tests_suite.conftest import ROOT

THEMES = {"DRF-01": "TABLES", "DRF-02": "FUNCTIONS", "DRF-03": "POLICIES", "DRF-04": "ROLES"}
CHANGES = {
    "DRF-01": [
        "ALTER TABLE ledger_entries ADD COLUMN note text",
        "ALTER TABLE campaigns DROP COLUMN raised",
        "ALTER TABLE ledger_entries ALTER COLUMN currency TYPE varchar(5)",
        "ALTER TABLE ledger_entries ALTER COLUMN metadata DROP DEFAULT",
        "ALTER TABLE ledger_entries ALTER COLUMN visibility DROP NOT NULL",
        "ALTER TABLE ledger_entries DROP CONSTRAINT valid_hash",
        "ALTER TABLE ledger_entries RENAME CONSTRAINT valid_hash TO hash",
        "ALTER TABLE ledger_entries DROP CONSTRAINT one_successor",
        "ALTER TABLE ledger_entries SET UNLOGGED",
        "ALTER TABLE ledger_entries SET (autovacuum_enabled = off)",
        "CREATE INDEX ON ledger_entries (amount)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'one_successor'::regclass",
        "CREATE TABLE copies AS SELECT * FROM ledger_entries",
        "CREATE VIEW totals AS SELECT sum(amount) FROM ledger_entries",
        "DROP TABLE checkpoints",
        "CREATE SCHEMA private",
        "CREATE TYPE mood AS ENUM ('good', 'bad')",
        "CREATE SEQUENCE numbers",
        "CREATE VIEW alembic_version_leak AS SELECT * FROM ledger_entries; GRANT ALL ON alembic_version_leak TO PUBLIC",
        "CREATE PUBLICATION leak FOR ALL TABLES",
        'ALTER TABLE users ALTER name TYPE text COLLATE "POSIX"',
        "CREATE TYPE pair AS (a int, b int)",
        "CREATE OPERATOR public.=== (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)",
        "CREATE CAST (money AS uuid) WITH INOUT",
        "UPDATE pg_index SET indisready = false WHERE indexrelid = 'one_successor'::regclass",
        "ALTER TABLE users REPLICA IDENTITY FULL",
    ],
    "DRF-02": [
        "ALTER TABLE ledger_entries DISABLE TRIGGER ledger_no_update",
        "ALTER TABLE ledger_entries ENABLE TRIGGER ledger_no_delete",
        "ALTER TABLE ledger_entries ENABLE REPLICA TRIGGER ledger_validate_chain",
        "DROP TRIGGER ledger_no_truncate ON ledger_entries",
        "CREATE TRIGGER more AFTER INSERT ON funds FOR EACH ROW EXECUTE FUNCTION prevent_ledger_modification()",
        "CREATE OR REPLACE FUNCTION prevent_ledger_modification() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN OLD; END'",
        "ALTER FUNCTION prevent_ledger_modification() SECURITY DEFINER",
        "ALTER FUNCTION validate_chain_on_insert() RESET search_path",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE RULE nothing AS ON UPDATE TO funds DO INSTEAD NOTHING",
        "ALTER TABLE ledger_entries DISABLE TRIGGER ALL",
        "UPDATE pg_trigger SET tgenabled = 'R' WHERE tgconstraint <> 0 AND tgrelid = 'ledger_entries'::regclass",
        "CREATE AGGREGATE total (bigint) (sfunc = int8pl, stype = bigint)",
        "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION noticed()",
    ],
    "DRF-03": [
        "ALTER TABLE ledger_entries DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE ledger_entries NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
        "DROP POLICY org_isolation ON funds",
        "CREATE POLICY everybody ON funds USING (true)",
        "ALTER POLICY org_isolation ON funds USING (true)",
        "ALTER POLICY org_isolation ON funds TO amply_app",
        "ALTER POLICY org_isolation ON ledger_entries WITH CHECK (true)",
        "ALTER POLICY org_isolation ON ledger_entries RENAME TO organisations",
    ],
    "DRF-04": [
        "GRANT UPDATE ON ledger_entries TO amply_app",
        "GRANT UPDATE (amount) ON ledger_entries TO amply_app",
        "REVOKE SELECT ON funds FROM amply_readonly",
        "GRANT SELECT ON funds TO amply_app WITH GRANT OPTION",
        "GRANT SELECT ON users TO PUBLIC",
        "GRANT EXECUTE ON FUNCTION validate_chain_on_insert() TO PUBLIC",
        "GRANT CREATE ON SCHEMA public TO amply_app",
        "GRANT TEMP ON DATABASE amply TO amply_app",
        "ALTER SCHEMA public OWNER TO amply_app",
        "ALTER TABLE funds OWNER TO amply_app",
        "ALTER FUNCTION prevent_ledger_modification() OWNER TO amply_app",
        "ALTER DEFAULT PRIVILEGES FOR ROLE amply_admin GRANT DELETE ON TABLES TO amply_app",
        "ALTER ROLE amply_app BYPASSRLS",
        "ALTER ROLE amply_readonly CREATEDB",
        "ALTER ROLE amply_app SET row_security = off",
        "ALTER ROLE amply_app IN DATABASE amply SET search_path = pg_temp",
        "ALTER DATABASE amply SET session_replication_role = replica",
        "GRANT amply_admin TO amply_app",
        "GRANT pg_read_all_data TO amply_readonly",
        "GRANT rds_superuser TO amply_app",
        "CREATE ROLE intern LOGIN",
        "CREATE ROLE rdsevil LOGIN SUPERUSER; GRANT amply_admin TO rdsevil",
        "GRANT SET ON PARAMETER session_replication_role TO amply_app",
        "ALTER ROLE ALL SET session_replication_role = 'replica'",
        "ALTER ROLE amply_app VALID UNTIL '2001-01-01'",
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO amply_app",
        "GRANT SELECT ON pg_authid TO amply_readonly",
    ],
}
BEFORE = """CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'"""


@pytest.fixture(scope="module")
def server():
    lease = acquire("auto")
    try:
        yield prepare(lease.server, [ROOT / "candidates" / "reference"], []).server
    finally:
        lease.close()


@pytest.fixture(scope="module")
def sessions(server):
    with server.connect("postgres", DATABASE) as arranging:
        arranging.execute(BEFORE)
    clone(server, DATABASE, "candidate")
    with server.connect("postgres", DATABASE) as live, server.connect("postgres", "candidate") as candidate:
        live.execute(
            """UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = 'amply')
               WHERE datname = 'candidate'"""
        )
        for conn in (live, candidate):
            conn.execute(LIMITS)
            conn.execute("SET search_path = pg_catalog")
        yield live, candidate


def drifts(live, candidate):
    questions = {id_: getattr(catalog_questions, theme) for id_, theme in THEMES.items()}
    found = {id_: drift(live, candidate, asked, "postgres", "postgres") for id_, asked in questions.items()}
    return {id_: differences for id_, differences in found.items() if differences}


def test_a_database_that_is_the_candidate_does_not_drift(sessions):
    assert drifts(*sessions) == {}


@pytest.mark.parametrize(
    ("id_", "change"), [(id_, change) for id_, changes in CHANGES.items() for change in changes], ids=str
)
def test_a_change_by_hand_is_named_under_the_guarantee_that_it_breaks(id_, change, sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute("SET LOCAL search_path = public, pg_catalog")
        live.execute("SET LOCAL allow_system_table_mods = on")
        live.execute(change.encode())
        live.execute("SET LOCAL search_path = pg_catalog")
        found = drifts(live, candidate)
    assert found.keys() == {id_}, found
    assert all(len(differences) <= 3 for differences in found.values()) or "TRIGGER ALL" in change, found


@pytest.mark.parametrize("role", ["auditor", '"of"', '"public.funds"'])
def test_a_role_more_hides_nothing(role, sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute(f"CREATE ROLE {role}")
        live.execute(f"CREATE POLICY {role} ON public.funds TO {role} USING (true)")
        live.execute("ALTER TABLE public.ledger_entries DISABLE TRIGGER USER")
        assert drifts(live, candidate).keys() == {"DRF-02", "DRF-03", "DRF-04"}


def test_what_is_shown_is_inert_and_holds_no_password(sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute("""CREATE TABLE public."a\n  mend  rm -rf /\x1b[31m" ()""")
        live.execute(
            "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$ SELECT 'postgresql://amply_admin:Hunter2@x/amply' $$"
        )
        live.execute("CREATE FUNCTION public.g() RETURNS text LANGUAGE sql AS $$ SELECT 'x password=Hunter3' $$")
        text = "\n".join(line for lines in drifts(live, candidate).values() for line in lines)
    assert "Hunter" not in text
    assert "\x1b" not in text
    assert "\n  mend" not in text


def test_a_role_that_looks_is_no_drift_however_it_is_called(sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute('CREATE ROLE "amply-monitor" LOGIN; GRANT pg_monitor TO "amply-monitor"')
        live.execute('GRANT CONNECT ON DATABASE amply TO "amply-monitor"')
        found = [drift(live, candidate, catalog_questions.ROLES, "amply-monitor", "postgres")]
    assert found == [[]]


def test_drift_is_named_in_both_directions(sessions):
    live, candidate = sessions
    with live.transaction(force_rollback=True):
        live.execute("CREATE FUNCTION public.more() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        live.execute("DROP TRIGGER ledger_no_update ON public.ledger_entries")
        live.execute("ALTER TABLE public.ledger_entries DISABLE TRIGGER ledger_no_delete")
        text = "\n".join(drift(live, candidate, catalog_questions.FUNCTIONS, "postgres", "postgres"))
    assert "only the live database has: function public.more()" in text
    assert "only the candidate has: trigger ledger_no_update of public.ledger_entries" in text
    assert "trigger ledger_no_delete of public.ledger_entries differs" in text
    assert "(DISABLED)" in text


def test_a_login_without_a_single_privilege_sees_the_same(sessions, server):
    live, _ = sessions
    live.execute("CREATE ROLE auditor LOGIN PASSWORD 'seen by nobody'")
    clone(server, SOWN, "copied")  # which everybody may enter
    login = {"host": server.host, "port": server.port, "user": "auditor", "password": "seen by nobody"}
    with psycopg.connect(dbname="copied", **login) as conn, server.connect("postgres", "copied") as admin:
        for one in (conn, admin):
            one.execute("SET search_path = pg_catalog")
        for theme in THEMES.values():
            assert drift(conn, admin, getattr(catalog_questions, theme), "auditor", "postgres") == []
    live.execute("DROP DATABASE copied")
    live.execute("DROP ROLE auditor")
