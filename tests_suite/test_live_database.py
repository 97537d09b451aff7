"""Each thing wrong with the live database breaks its guarantee; that somebody looks from elsewhere breaks none."""

from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from support.account import record
from support.rds_like import DATABASE
from tests_suite.conftest import NOBODY, run_in
from tests_suite.ledger_changes import TAMPERED
from tests_suite.live_account import read
from tests_suite.live_server import HBA, checkpoint_of

FLUSH = "SELECT pg_stat_force_next_flush()"
PLAIN = HBA.replace("hostssl", "host")


@pytest.fixture(scope="module")
def kept_record(simulation, tmp_path_factory):
    """A record of the compliant account."""
    simulation.reset()
    simulation.build("production")
    file = tmp_path_factory.mktemp("account") / "record.json"
    record(read(simulation), file)
    return file


@pytest.fixture(scope="module")
def kept_checkpoint(live, tmp_path_factory):
    """A checkpoint of the live ledger as it was sown."""
    return checkpoint_of(live, tmp_path_factory.mktemp("ledger") / "checkpoint.json")


@pytest.fixture
def looked_at(kept_record, kept_checkpoint, live, runner, tmp_path):
    def look(dsn=None):
        options = (
            "--account-replay",
            kept_record,
            "--live-dsn",
            dsn or live.dsn(),
            "--live-checkpoint",
            kept_checkpoint,
        )
        run = run_in(runner, tmp_path, "-m", "live", *options, environment=NOBODY)
        assert run.evidence, run.output
        return run

    return look


def broken(run, live):
    """What is broken, but for the collation of a machine that has no other."""
    return run.ids("broken", "error") - ({"PRM-11"} if live.collation == "C" else set())


@contextmanager
def statements(live, *done, undone=()):
    """Statements by the superuser, and those that take them back."""
    try:
        with live.connect() as admin:
            for statement in done:
                admin.execute(statement)
        yield
    finally:
        with live.connect() as admin:
            for statement in undone:
                admin.execute(statement)


def wasteful(live):
    text = "INSERT INTO users (id, email, name) SELECT 'usr_' || n, n || '@x.y', repeat('x', 1500) FROM generate_series({}) n"
    one = text.format("{0}, {0}")
    return statements(
        live,
        one.format(1),
        "BEGIN; " + text.format("10, 60000") + "; ROLLBACK",
        one.format(2),  # behind it all: nothing can be cut off
        FLUSH,
        "VACUUM ANALYZE users",
        undone=["DELETE FROM users", "VACUUM FULL users", FLUSH, "VACUUM ANALYZE users"],
    )


def role_sets(name, value):
    """What the login's own settings override; a setting that somebody changed is drift as well."""
    return lambda live: statements(
        live,
        f"ALTER ROLE amply_readonly SET {name} = '{value}'",
        undone=[f"ALTER ROLE amply_readonly RESET {name}"],
    )


SPOILT = {
    **TAMPERED,
    "PRM-12, DRF-04: work_mem": role_sets("work_mem", "4MB"),
    "PRM-12, DRF-04: the log is silent": role_sets("log_min_messages", "fatal"),
    "PRM-12, DRF-04: no triggers": role_sets("session_replication_role", "replica"),
    "MNT-04, DRF-04: nothing is counted": role_sets("track_counts", "off"),
    "MNT-04, DRF-01: not on a table": lambda live: statements(
        live,
        "ALTER TABLE funds SET (autovacuum_enabled = off)",
        undone=["ALTER TABLE funds RESET (autovacuum_enabled)"],
    ),
    "MNT-05": lambda live: statements(
        live,
        "BEGIN; INSERT INTO users (id, email, name) SELECT 'usr_' || n, n || '@x.y', 'x' FROM generate_series(1, 12000) n; "
        "ROLLBACK",
        FLUSH,
        undone=[FLUSH, "VACUUM users"],
    ),
    "MNT-06": wasteful,
    "MNT-07": lambda live: statements(
        live,
        f"UPDATE pg_database SET datfrozenxid = '3694967296' WHERE datname = '{DATABASE}'",
        undone=[
            "UPDATE pg_database SET datfrozenxid = (SELECT datfrozenxid FROM pg_database WHERE datname = 'postgres') "
            f"WHERE datname = '{DATABASE}'"
        ],
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_wrong_breaks_its_guarantee(what, live, looked_at):
    with SPOILT[what](live):
        run = looked_at()
    assert broken(run, live) == {*what.partition(":")[0].split(", ")}, run.why()


def test_another_database_is_no_live_database(live, looked_at):
    run = looked_at(live.dsn("postgres", database="postgres"))
    assert broken(run, live) >= {"RDS-10", "DRF-01", "DRF-02", "DRF-04"}
    assert "PRM-11" in run.ids("broken")  # the database postgres sorts by C


def test_a_server_that_takes_plain_text_is_found_out(live, looked_at):
    with hba(live, PLAIN):
        run = looked_at()
        plain = looked_at(live.dsn().replace("ssl=require", "ssl=disable"))
    assert broken(run, live) == {"SEC-11"}, run.why()
    assert broken(plain, live) == {"SEC-11"}
    assert "plain text" in plain.why()


@contextmanager
def hba(live, text):
    """Other rules for who may connect, for a while."""
    file = live.folder / "pg_hba.conf"
    before = file.read_text()
    try:
        file.write_text(text)
        with live.connect() as admin:
            admin.execute("SELECT pg_reload_conf()")
        yield
    finally:
        file.write_text(before)
        with live.connect() as admin:
            admin.execute("SELECT pg_reload_conf()")


def test_too_many_connections_are_noticed(live, looked_at):
    with ExitStack() as open_:
        for _ in range(180):
            open_.enter_context(live.connect("amply_app"))
        run = looked_at()
    assert broken(run, live) == {"MON-10"}, run.why()


@pytest.mark.parametrize("role", ["amply_admin", "amply_app", "amply_readonly", "postgres"])
def test_whoever_looks_sees_the_same(role, live, looked_at):
    assert broken(looked_at(live.dsn(role)), live) == set()


def test_migrations_leave_no_drift_behind(live, looked_at):
    made = (
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
        "ALTER TABLE campaigns ADD COLUMN brief text; ALTER TABLE campaigns DROP COLUMN brief",
        "CREATE ROLE rdsadmin SUPERUSER; CREATE ROLE rds_ad",
        "COMMENT ON TABLE ledger_entries IS 'for ever'",
        "REVOKE INSERT ON users FROM amply_app; GRANT INSERT ON users TO amply_app",
    )
    with statements(live, *made, undone=["DROP TABLE alembic_version", "DROP ROLE rdsadmin", "DROP ROLE rds_ad"]):
        run = looked_at()
    assert broken(run, live) == set(), run.why()


def test_a_lock_held_by_others_is_no_finding(live, looked_at):
    with live.connect() as admin, admin.transaction():
        admin.execute("LOCK TABLE pg_catalog.pg_policy IN ACCESS EXCLUSIVE MODE")
        run = looked_at()
    assert broken(run, live) == set(), run.why()
    note = {one["id"]: one["note"] for one in run.evidence["guarantees"]}["DRF-03"]
    assert run.ids("not-checked") >= {"DRF-03"}
    assert "does not answer" in note


def test_the_session_is_read_only_whatever_the_role_says(live):
    from support.live_database import connect  # noqa: PLC0415

    undone = ["ALTER ROLE amply_app RESET default_transaction_read_only"]
    with (
        statements(live, "ALTER ROLE amply_app SET default_transaction_read_only = off", undone=undone),
        connect(live.dsn("amply_app")) as conn,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        conn.execute("INSERT INTO public.users (id, email, name) VALUES ('x', 'x', 'x')")
