"""An Alembic project as the candidate: the worked example is the reference, and what goes wrong is told by migration."""

import os
import shutil

import pytest

from support.acquire import acquire
from support.catalog_digest import catalog_sha256
from support.migrations import Project
from support.rds_like import DATABASE
from support.subject import prepare
from tests_suite.bundles import Bundle
from tests_suite.catalogs import differences
from tests_suite.conftest import OFFLINE, QUICK, ROOT, the_line
from tests_suite.migration_projects import EXAMPLE, SYNC

FEW = (*QUICK, "tests_schema/test_shape_of_the_schema.py", "tests_schema/test_ledger_is_append_only.py")
CHANGES = {
    "ALTER TABLE ledger_entries DISABLE TRIGGER ledger_no_update": (
        "ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_no_update"
    ),
    "GRANT TEMP ON DATABASE amply TO amply_app": "REVOKE TEMP ON DATABASE amply FROM amply_app",
    "ALTER ROLE amply_app CREATEDB": "ALTER ROLE amply_app NOCREATEDB",
    "ALTER SCHEMA public OWNER TO amply_admin": "ALTER SCHEMA public OWNER TO pg_database_owner",
}
REVISION = '''"""{0}"""

from alembic import op

revision = "{0}"
down_revision = "{1}"


def upgrade() -> None:
    op.execute({2!r})
'''


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


def test_the_example_keeps_every_guarantee(suite):
    run = suite("--alembic", EXAMPLE / "alembic.ini", *QUICK)
    assert run.exit == 0, run.why() + run.output[-1000:]
    assert run.ids("kept") == OFFLINE
    candidate = run.evidence["candidate"]
    assert Bundle(run.folder).found() == ""
    assert (candidate["kind"], candidate["revision"]) == ("alembic", "heads")
    assert any(source["path"].endswith("0003_ledger.py") for source in candidate["sources"])


def test_an_earlier_revision_is_judged_without_the_migrations(suite):
    run = suite("--alembic", EXAMPLE / "alembic.ini", "--alembic-revision", "0003", *FEW)
    assert run.ids("broken") == {"SHP-01"}
    assert run.evidence["candidate"]["revision"] == "0003"
    assert Bundle(run.folder).found() == ""
    assert not {one["id"] for one in run.evidence["guarantees"] if one["id"].startswith("MIG")}


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


def test_11_says_that_offline_mode_proves_nothing(project, suite):
    (project / "migrations" / "env.py").write_text("import sys\n\nprint('CREATE TABLE organisations (id text);')\n")
    line = the_line(judged(suite, project), 11)
    assert "alembic upgrade ended well, but this server's database is empty: env.py runs in offline mode" in line


def test_two_heads_are_judged_and_named(project, suite):
    add(project, "0005", "0004", "SELECT 1")
    add(project, "0006", "0004", "SELECT 1")
    run = judged(suite, project, "tests_operations/test_migrations_reach_the_newest_revision.py")
    assert (
        "2 heads: 0005 (0005.py), 0006 (0006.py)" in run.why() or "2 heads: 0006 (0006.py), 0005 (0005.py)" in run.why()
    )


WRONG = {
    "no such file": ("nowhere.ini", "nowhere.ini: cannot be read: No such file"),
    "no section": ("empty.ini", "empty.ini:1: no section [alembic]"),
}


@pytest.mark.parametrize("what", WRONG)
def test_11_says_what_is_wrong_with_the_project(what, project, suite):
    file, words = WRONG[what]
    (project / "empty.ini").write_text("[loggers]\nkeys = root\n")
    assert words in the_line(suite("--alembic", project / (file or "alembic.ini"), *QUICK), 11)


def test_11_says_that_the_command_cannot_be_started(project, suite):
    line = the_line(judged(suite, project, "--alembic-command", "/nowhere/alembic --quiet"), 11)
    assert "/nowhere/alembic cannot be started: No such file" in line


def test_the_applications_own_command_is_used(project, suite, tmp_path):
    command = tmp_path / "their alembic"
    command.write_text(f'#!/bin/sh\ntouch "{tmp_path}/used"\necho "FAILED: not today" >&2\nexit 1\n')
    command.chmod(0o755)
    relative = os.path.relpath(command, ROOT)  # to where the suite is called, not to the ini
    assert "FAILED: not today" in the_line(judged(suite, project, "--alembic-command", f"'{relative}'"), 11)
    assert (tmp_path / "used").exists()


def test_4_says_that_there_is_one_candidate(suite):
    run = suite("--alembic", EXAMPLE / "alembic.ini", "--schema", ROOT / "candidates" / "reference")
    assert run.exit == 4
    assert "--alembic and --schema exclude each other" in run.output
