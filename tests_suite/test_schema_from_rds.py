"""A running database like those on RDS is copied: what only RDS has is mapped or reported, and nothing leads outward."""

import re

import pytest

from support.candidate import CandidateError
from support.external import take_over
from support.live_database import resolved
from support.rds_like import DATABASE
from tests_suite.conftest import QUICK
from tests_suite.external_servers import _external_server, external, killed_while  # noqa: F401  # fixtures
from tests_suite.source_server import copied, password_dsn, source_server

FEW = (*QUICK, "tests_schema/test_shape_of_the_schema.py", "tests_security/test_roles_hold_no_power.py")
RDS = (
    "CREATE ROLE renamer SUPERUSER LOGIN",
    "CREATE ROLE rds_ad NOLOGIN",
    "CREATE ROLE rdsrepladmin LOGIN REPLICATION",
    "REVOKE pg_checkpoint FROM rds_superuser",
    "GRANT rds_ad TO rds_superuser WITH ADMIN OPTION",
    "GRANT pg_read_all_settings TO amply_app",
    "GRANT SET ON PARAMETER track_functions TO PUBLIC",
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
    "CREATE MATERIALIZED VIEW filled AS SELECT a FROM second",
    "CREATE MATERIALIZED VIEW unfilled AS SELECT a FROM second WITH NO DATA",
    "CREATE UNIQUE INDEX half_made ON first (a)",
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half_made'::regclass",
)


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
            views = "SELECT relname, relispopulated FROM pg_class WHERE relkind = 'm' ORDER BY 1"
            assert admin.execute(views).fetchall() == [("filled", True), ("unfilled", False)]
            assert admin.execute("SELECT to_regclass('half_made')").fetchone() == (None,)
            members = admin.execute(
                "SELECT member::regrole::text FROM pg_auth_members WHERE roleid = 'rds_ad'::regrole"
            )
            assert members.fetchall() == [("rds_superuser",)]
            there = (
                "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'rds_superuser'::regrole ORDER BY 1"
            )
            with amazon.connect("rdsadmin", "staging") as source:
                assert admin.execute(there).fetchall() == source.execute(there).fetchall()
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


def test_a_source_without_rds_superuser_gets_ours():
    with source_server() as source:
        with source.connect() as admin:
            admin.execute("DROP OWNED BY rds_superuser; DROP ROLE rds_superuser")
        lease, found, server = copied(source)
        try:
            with server.connect("postgres", DATABASE) as admin:
                member = admin.execute("SELECT pg_has_role('amply_admin', 'rds_superuser', 'MEMBER')").fetchone()
        finally:
            lease.close()
    assert member == (True,)
    assert found.left_out == ("rds_superuser: the source has none, the one of the disposable server stays",)


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


def test_a_server_of_somebody_elses_is_left_as_it_was(amazon, suite, external):  # noqa: F811
    words = ("--server", external.url, "--schema-from", amazon.dsn("rdsadmin", "staging"), *FEW)
    run = suite(*words, environment=amazon.password("rdsadmin"))
    assert run.ids("kept") >= {"SHP-01", "ROL-01", "ROL-03"}, run.output
    left_out = run.evidence["candidate"]["left_out"]
    assert "GRANT SET ON PARAMETER track_functions TO PUBLIC: the server is not the run's own" in left_out
    external.run("CREATE ROLE renamer")
    try:
        run = suite(*words, environment=amazon.password("rdsadmin"))
        assert run.exit == 11
        assert "the disposable server has roles by the source's names: renamer" in run.output
    finally:
        external.run("DROP ROLE renamer")


def test_what_a_killed_run_copied_is_dropped_by_the_next(amazon, external):  # noqa: F811
    before = external.names()
    dsn = resolved(password_dsn(amazon, "rdsadmin", "staging"))
    killed_while(external, f"from support.dump_loaded import copy\ncopy(server, {dsn!r})")
    assert external.names() >= {"amply", "rdsadmin", "rds_ad", "renamer"}
    _, leave = take_over(external.url, disposable=False)
    leave()
    assert external.names() == before
