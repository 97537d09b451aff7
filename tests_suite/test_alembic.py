"""An Alembic project as the candidate: the worked example is the reference, and what goes wrong is told by migration."""

import shutil

import pytest

from support import catalog_questions
from support.acquire import acquire
from support.catalog_digest import catalog_sha256
from support.drift import Comparison
from support.migrations import Project, run
from support.rds_like import DATABASE
from support.subject import prepare
from tests_suite.conftest import QUICK, ROOT, the_line

FEW = (*QUICK, "tests_schema/test_shape_of_the_schema.py", "tests_schema/test_ledger_is_append_only.py")
CHANGES = {
    "ALTER TABLE ledger_entries DISABLE TRIGGER ledger_no_update": (
        "ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update"
    ),
    "GRANT TEMP ON DATABASE amply TO amply_app": "REVOKE TEMP ON DATABASE amply FROM amply_app",
    "ALTER ROLE amply_app CREATEDB": "ALTER ROLE amply_app NOCREATEDB",
    "ALTER SCHEMA public OWNER TO amply_admin": "ALTER SCHEMA public OWNER TO pg_database_owner",
}
EXAMPLE = ROOT / "candidates" / "reference_alembic"
REVISION = '''"""{0}"""

from alembic import op

revision = "{0}"
down_revision = "{1}"


def upgrade() -> None:
    op.execute({2!r})
'''
SYNC = """
from alembic import context
from amply.db import models
from amply.db.base import Base
from sqlalchemy import engine_from_config

config = context.config


def run_migrations_online():
    connectable = engine_from_config(config.get_section(config.config_ini_section), prefix="sqlalchemy.")
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
"""


@pytest.fixture
def project(tmp_path):
    """A copy of the example, and how a migration is added to it."""
    shutil.copytree(EXAMPLE, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__", ".amply*"))
    return tmp_path / "project"


def add(project, revision, after, statement):
    (project / "migrations" / "versions" / f"{revision}.py").write_text(REVISION.format(revision, after, statement))


def judged(suite, project, *more):
    run = suite("--alembic", project / "alembic.ini", *QUICK, *more)
    left = [path.name for path in project.rglob("*") if path.name == "__pycache__" or path.name.startswith(".amply")]
    assert left == []
    return run


@pytest.fixture(scope="module")
def servers():
    """The reference on one server, the example on another."""
    leases = [acquire("auto"), acquire("auto")]
    try:
        plain = prepare(leases[0].server, [ROOT / "candidates" / "reference"], []).server
        migrated = prepare(leases[1].server, [], [], Project(EXAMPLE / "alembic.ini")).server
        yield plain, migrated
    finally:
        for lease in leases:
            lease.close()


def differences(one, other):
    with one.connect("postgres", DATABASE) as live, other.connect("postgres", DATABASE) as candidate:
        for conn in (live, candidate):
            conn.execute("SET search_path = pg_catalog")
        themes = (getattr(catalog_questions, name) for name in ("TABLES", "FUNCTIONS", "POLICIES", "ROLES"))
        comparison = Comparison(live, candidate, "postgres", "postgres")
        return [line for theme in themes for line in comparison.drift(theme)]


def test_the_example_is_the_reference(servers):
    assert differences(*servers) == []
    plain, migrated = map(catalog_sha256, servers)
    assert plain == migrated
    with servers[0].connect("postgres", DATABASE) as admin:
        for there, back in CHANGES.items():
            admin.execute(there)
            assert catalog_sha256(servers[0]) != plain
            admin.execute(back)
    assert catalog_sha256(servers[0]) == plain


def test_its_models_are_what_its_migrations_make_and_back_and_forth_changes_nothing(servers):
    plain, migrated = servers
    project = Project(EXAMPLE / "alembic.ini")
    assert run(project, migrated, ("check",)).returncode == 0
    for words in (("downgrade", "0002"), ("upgrade", "head")):
        done = run(project, migrated, words)
        assert done.returncode == 0, done.stderr
    assert differences(plain, migrated) == []


def test_its_downgrade_never_takes_entries_away(servers):
    _, migrated = servers
    with migrated.connect("postgres", DATABASE) as admin:
        admin.execute("INSERT INTO organisations (id, name) VALUES ('org_a', 'A')")
        admin.execute(
            "INSERT INTO ledger_entries (id, organisation_id, type, amount, currency, visibility, entry_hash) "
            "VALUES ('led_a', 'org_a', 'fee', 1, 'EUR', 'public_full', 'sha256:' || repeat('0', 64))"
        )
        done = run(Project(EXAMPLE / "alembic.ini"), migrated, ("downgrade", "0002"))
        assert done.returncode != 0
        assert "the ledger has entries" in done.stderr
        assert admin.execute("SELECT count(*) FROM ledger_entries").fetchone() == (1,)


def test_the_example_is_kept(suite):  # all of it, as its catalog is the reference's
    run = suite("--alembic", EXAMPLE / "alembic.ini", *FEW)
    assert run.ids("kept") >= {"SHP-01", "SHP-02"}, run.why() + run.output[-1000:]
    assert not run.ids("broken", "error")
    candidate = run.evidence["candidate"]
    assert candidate["kind"] == "alembic"
    assert any(source["path"].endswith("0003_ledger.py") for source in candidate["sources"])


def test_a_synchronous_environment_and_a_hole_in_it_are_seen(project, suite):
    (project / "migrations" / "env.py").write_text(SYNC)
    ini = project / "alembic.ini"
    ini.write_text(ini.read_text().replace("postgresql+asyncpg://", "postgresql+psycopg://"))
    add(project, "0005", "0004", "DROP TRIGGER ledger_no_delete ON ledger_entries")
    run = judged(suite, project, *FEW)
    assert "LED-02" in run.ids("broken")


def test_11_names_the_migration_that_fails(project, suite):
    add(project, "0005", "0004", "ALTER TABLE ledger_entries ADD COLUMN note nosuchtype")
    line = the_line(judged(suite, project), 11)
    assert "0005.py:10: " in line
    assert 'type "nosuchtype" does not exist' in line
    assert "revision: 0004 -> 0005" in line
    assert "statement: ALTER TABLE ledger_entries ADD COLUMN note nosuchtype" in line


WRONG = {
    "two heads": ("", "Multiple head revisions"),
    "no such file": ("nowhere.ini", "nowhere.ini: cannot be read: No such file"),
    "no section": ("empty.ini", "empty.ini:1: no section [alembic]"),
}


@pytest.mark.parametrize("what", WRONG)
def test_11_says_what_is_wrong_with_the_project(what, project, suite):
    file, words = WRONG[what]
    (project / "empty.ini").write_text("[loggers]\nkeys = root\n")
    add(project, "0005", "0004", "SELECT 1")
    add(project, "0006", "0004", "SELECT 1")
    assert words in the_line(suite("--alembic", project / (file or "alembic.ini"), *QUICK), 11)


def test_11_says_that_the_command_cannot_be_started(project, suite):
    line = the_line(judged(suite, project, "--alembic-command", "/nowhere/alembic --quiet"), 11)
    assert "/nowhere/alembic cannot be started: No such file" in line


def test_the_applications_own_command_is_used(project, suite, tmp_path):
    command = tmp_path / "their alembic"
    command.write_text(f'#!/bin/sh\ntouch "{tmp_path}/used"\necho "FAILED: not today" >&2\nexit 1\n')
    command.chmod(0o755)
    assert "FAILED: not today" in the_line(judged(suite, project, "--alembic-command", f"'{command}'"), 11)
    assert (tmp_path / "used").exists()


def test_4_says_that_there_is_one_candidate(suite):
    run = suite("--alembic", EXAMPLE / "alembic.ini", "--schema", ROOT / "candidates" / "reference")
    assert run.exit == 4
    assert "--alembic and --schema exclude each other" in run.output
