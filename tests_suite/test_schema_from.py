"""A running database is copied as it is: the reference, what is broken, what is harmless, and what only RDS has."""

import re
from itertools import chain

import pytest

from support.acquire import acquire
from support.candidate import CandidateError
from support.catalog_digest import catalog_sha256
from support.dump_loaded import copy
from support.live_database import resolved
from support.rds_like import DATABASE
from support.subject import prepare
from tests_suite.conftest import QUICK, ROOT
from tests_suite.source_server import source_server
from tests_suite.test_alembic import differences
from tests_suite.test_mutants import PROVED, declared

FEW = (*QUICK, "tests_schema/test_shape_of_the_schema.py", "tests_security/test_roles_hold_no_power.py")
# Of every area, and of all that a dump may lose: two runs, in which no mutant hides another.
MUTANTS = (
    ("led_truncate_trigger_not_always", "chn_no_unique_link", "ten_totals_in_a_materialised_view",
     "grt_a_large_object_is_open", "rol_passwords_in_md5_from_now_on", "shp_unlogged"),
    ("led_no_delete_trigger", "chn_open_search_path", "ten_policy_of_one_command_is_open",
     "grt_replication_role_may_be_set", "rol_password_in_md5", "shp_reference_cascades"),
    ("ten_view_of_the_superuser", "grt_later_functions_are_open", "rol_readonly_owns_a_function"),
    ("grt_another_server_is_reached", "rol_search_path_is_writable"),
)  # fmt: skip
VARIANTS = ("ddl_by_migrations_only", "policies_per_command")
RDS = (
    "CREATE ROLE renamer SUPERUSER LOGIN",
    "CREATE ROLE rds_ad NOLOGIN",
    "CREATE ROLE rdsrepladmin LOGIN REPLICATION",
    "GRANT rds_ad TO rds_superuser WITH ADMIN OPTION",
    "GRANT pg_read_all_settings TO amply_app",
    "ALTER ROLE ALL SET app.every = 'one'",
    "ALTER ROLE amply_app IN DATABASE amply SET app.here = 'two'",
    "CREATE EXTENSION postgres_fdw",
    "CREATE EXTENSION dblink",
    "REVOKE ALL ON FUNCTION dblink(text) FROM PUBLIC",
    "CREATE SERVER warehouse FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db.example', port '5432')",
    "CREATE USER MAPPING FOR amply_admin SERVER warehouse OPTIONS (user 'me', password 'hush hush')",
    "CREATE FOREIGN TABLE stock (n int OPTIONS (column_name 'N')) SERVER warehouse OPTIONS (table_name 'stock')",
    "CREATE TABLE first (a int); CREATE TABLE second (a int UNIQUE); INSERT INTO second VALUES (4711)",
    "ALTER TABLE first ADD FOREIGN KEY (a) REFERENCES second (a); ALTER TABLE first DISABLE TRIGGER ALL",
    "CREATE UNIQUE INDEX half_made ON first (a)",
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half_made'::regclass",
)


@pytest.fixture
def judged(suite):
    def judge(source, *more):
        return suite("--schema-from", source.dsn(), *(more or QUICK), environment=source.password())

    return judge


def password_dsn(source, role="postgres", database=DATABASE):
    return f"{source.dsn(role, database)}&password={source.server.passwords[role]}"


def copied(source, role="postgres", database=DATABASE):
    """The copy on a server of its own: the lease, what was copied, and the subject's server."""
    lease = acquire("auto")
    try:
        found = copy(lease.server, resolved(password_dsn(source, role, database)))
        return lease, found, prepare(lease.server, [], [], None, found).server
    except BaseException:
        lease.close()
        raise


def test_the_copy_of_the_reference_is_the_reference_and_nothing_was_asked_of_its_rows():
    with source_server(settings={"log_statement": "all"}) as source:
        with source.connect() as admin:
            admin.execute("INSERT INTO users (id, email, name) VALUES ('usr_1', 'a@b.example', 'Somebody')")
        before, seen = catalog_sha256(source.server), len(source.log())
        lease, found, server = copied(source, "amply_readonly")
        asked = source.log()[seen:]
        try:
            assert differences(source.server, server) == []
            assert catalog_sha256(server) == catalog_sha256(source.server) == before
            again, twice, _ = copied(source)
            again.close()
            assert [one.sha256 for one in twice.sources] == [one.sha256 for one in found.sources]
            assert found.left_out == ("how passwords are stored (amply_readonly may not read pg_authid)",)
            assert twice.left_out == ()
            with server.connect("postgres", DATABASE) as admin:
                assert admin.execute("SELECT count(*) FROM users").fetchone() == (0,)
        finally:
            lease.close()
    said = re.split(r"(?m)^.*? LOG:  ", asked)
    statements = [" ".join(one.split()) for one in said if one.startswith(("statement:", "execute"))]
    assert any("LOCK TABLE" in one and "ACCESS SHARE" in one for one in statements)
    assert len(statements) > 50
    tables = {*(f"public.{name}" for name in ("users", "funds", "ledger_entries", "organisations"))}
    for one in statements:
        words = re.sub(r"^(statement|execute [^:]*): ", "", one)
        assert re.match(r"(?i)(SELECT|WITH|SET|BEGIN|COMMIT|ROLLBACK|SHOW|PREPARE|EXECUTE|DECLARE|FETCH|CLOSE|LOCK TABLE|"
                        r"RESET|DEALLOCATE)\b", words), one  # fmt: skip
        if not words.startswith("LOCK TABLE"):
            assert not any(re.search(rf"(?i)(FROM|JOIN|ONLY) {name}\b", words) for name in tables), one


@pytest.mark.parametrize("names", MUTANTS, ids="+".join)
def test_what_is_broken_there_is_broken_in_the_copy(names, judged):
    mutants = [ROOT / "mutants" / f"{name}.sql" for name in names]
    with source_server(*sorted(mutants, key=lambda one: not one.stem.startswith("shp_"))) as source:
        run = judged(source)
    assert run.ids("broken", "error", "not-checked") == set(chain(*map(declared, mutants))), (
        run.why() + run.output[-900:]
    )
    assert run.exit == 1
    candidate = run.evidence["candidate"]
    assert candidate["kind"] == "dump"
    named = [one["path"] for one in candidate["sources"]]
    assert named[:2] == [f"{name} of amply at this machine:5432" for name in ("roles.sql", "schema.sql")]
    assert all(len(one["sha256"]) == 64 for one in candidate["sources"])
    assert "candidate dump of amply at this machine:5432 as postgres on PostgreSQL 15." in run.output
    password = source.server.passwords["postgres"]
    assert password not in run.output + str(run.evidence)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_harmless_there_is_harmless_in_the_copy(name, judged):
    with source_server(ROOT / "variants" / f"{name}.sql") as source:
        run = judged(source)
    assert run.ids("kept") == PROVED, run.why() + run.output[-900:]


@pytest.fixture(scope="module")
def amazon():
    """A source like RDS: its first superuser is rdsadmin, its database has another name."""
    with source_server() as source:
        with source.connect() as admin:
            for statement in RDS:
                admin.execute(statement)
            admin.execute("ALTER ROLE renamer PASSWORD 'of-the-renamer'")
        source.server.passwords["renamer"] = "of-the-renamer"
        source.server.passwords["rdsadmin"] = source.server.passwords["postgres"]
        with source.connect("renamer", "postgres") as other:
            other.execute("ALTER ROLE postgres RENAME TO rdsadmin")
            other.execute(f"ALTER DATABASE {DATABASE} RENAME TO staging")
        yield source


def test_what_only_rds_has_is_mapped_or_reported(amazon):
    lease, found, server = copied(amazon, "rdsadmin", "staging")
    try:
        with server.connect("postgres", DATABASE) as admin:
            attributes = dict(
                admin.execute("SELECT rolname, (rolsuper, rolcanlogin, rolreplication)::text FROM pg_roles").fetchall()
            )
            assert attributes["rdsadmin"] == "(t,f,t)"
            assert attributes["renamer"] == "(t,f,f)"
            assert attributes["rdsrepladmin"] == "(f,f,t)"
            assert admin.execute("SELECT srvoptions FROM pg_foreign_server").fetchone() == (["host=/nowhere"],)
            assert admin.execute("SELECT umoptions FROM pg_user_mapping").fetchone() == (None,)
            assert admin.execute("SELECT ftoptions FROM pg_foreign_table").fetchone() == (None,)
            settings = admin.execute(
                "SELECT setrole, setconfig FROM pg_db_role_setting LEFT JOIN pg_database d ON d.oid = setdatabase "
                "WHERE setdatabase = 0 OR datname = current_database() ORDER BY 1"
            ).fetchall()
            assert [config for _, config in settings] == [["app.every=one"], ["app.here=two"]]
            states = "SELECT DISTINCT tgenabled::text FROM pg_trigger WHERE tgrelid = 'first'::regclass"
            assert admin.execute(states).fetchall() == [("D",)]
            assert admin.execute("SELECT to_regclass('half_made')").fetchone() == (None,)
            members = admin.execute(
                "SELECT member::regrole::text FROM pg_auth_members WHERE roleid = 'rds_ad'::regrole"
            )
            assert members.fetchall() == [("rds_superuser",)]
    finally:
        lease.close()
    assert set(found.left_out) >= {
        "LOGIN of role rdsadmin",
        "LOGIN of role rdsrepladmin",
        "extension dblink: a copy reaches no other system",
        "options of the foreign server warehouse: a copy reaches no other system",
        "options of the foreign table public.stock",
        "index public.half_made: it is not valid, and a dump leaves it out",
    }
    assert any("dblink(text)" in one for one in found.left_out)
    assert "hush hush" not in str(found)


def test_the_specification_runs_on_the_copy_of_such_a_source(amazon, suite):
    words = amazon.dsn("rdsadmin", "staging")
    run = suite("--schema-from", words, *FEW, environment=amazon.password("rdsadmin"))
    assert run.ids("broken", "error") == {"ROL-02"}, run.why()  # pg_read_all_settings
    assert run.ids("kept") >= {"SHP-01", "ROL-01", "ROL-03"}, run.why()
    assert "LOGIN of role rdsadmin" in run.evidence["candidate"]["left_out"]
    assert "  left out: LOGIN of role rdsadmin" in run.output


def test_11_says_that_a_role_has_the_name_of_our_superuser(amazon):
    with amazon.connect("renamer", "staging") as admin:
        admin.execute("CREATE ROLE postgres")
        try:
            with pytest.raises(
                CandidateError, match="has a role postgres, the name of the disposable server's superuser"
            ):
                copied(amazon, "rdsadmin", "staging")
        finally:
            admin.execute("DROP ROLE postgres")


def test_11_names_the_extension_that_an_object_needs(amazon):
    with amazon.connect("renamer", "staging") as admin:
        admin.execute("CREATE VIEW public.reached AS SELECT * FROM dblink('', 'SELECT 1') AS t (n int)")
        try:
            with pytest.raises(CandidateError) as caught:
                copied(amazon, "rdsadmin", "staging")
        finally:
            admin.execute("DROP VIEW public.reached")
    assert re.match(r"schema.sql of staging at this machine:5432:\d+: function public.dblink", str(caught.value))
    assert str(caught.value).endswith("extension that is not here: dblink")
