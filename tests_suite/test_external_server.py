"""--server URL: a disposable server is used and left as it was, also by the run after one that was killed."""

# ruff: noqa: F811  # fixtures are imported
import os
import time

import pytest

from support.external import LOCK, take_over
from support.external_roles import JOURNAL
from support.rds_like import DATABASE, ROLES
from support.subject import prepare
from tests_suite.external_servers import _external_server, content, external, in_a_process, killed_while, refusal  # noqa: F401


def test_a_server_taken_over_looks_like_rds_and_is_left_as_it_was(external):
    server, leave = take_over(external.url, disposable=False)
    try:
        assert {DATABASE, *ROLES} <= external.names()
        with server.connect("amply_admin", DATABASE) as conn:
            assert conn.execute("SELECT current_user, session_user").fetchone() == ("amply_admin", "amply_admin")
        assert server.kind == "url"
        assert server.version.startswith("PostgreSQL 15.")
    finally:
        leave()


def test_what_a_candidate_makes_goes_with_the_run(external, tmp_path):
    (tmp_path / "a.sql").write_text(
        """CREATE ROLE reporting LOGIN; CREATE ROLE bystander; CREATE TABLE t (i int); GRANT SELECT ON t TO reporting;
           CREATE ROLE amply_app LOGIN; ALTER ROLE amply_app SET work_mem = '1MB'; GRANT reporting TO amply_app"""
    )
    server, leave = take_over(external.url, disposable=False)
    try:
        prepare(server, [tmp_path / "a.sql"], [])
        assert {"reporting", "bystander", "amply_app", "amply_sown"} <= external.names()
    finally:
        leave()


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_a_whole_run_leaves_the_server_as_it_was(external, workers):
    selection = ["tests_schema/test_ledger_is_append_only.py"] if workers else []
    process = in_a_process("-m", "pytest", "--server", external.url, "-q", *selection, *workers)
    output, _ = process.communicate(timeout=300)
    assert process.returncode in (0, 1), output
    assert "(url)" in output
    assert "verdict:" in output
    assert external.server.passwords["postgres"] not in output


def test_parameters_of_the_url_reach_every_connection_and_no_later_one(external, monkeypatch):
    monkeypatch.delenv("PGOPTIONS", raising=False)
    server, leave = take_over(f"{external.url}&options=-c%20geqo%3Doff", disposable=False)
    try:
        with server.connect("amply_admin", DATABASE) as conn:
            assert conn.execute("SHOW geqo").fetchone() == ("off",)
    finally:
        leave()
    assert "PGOPTIONS" not in os.environ


MOMENTS = {
    "at once": "",
    "before the database was marked": """
with server.connect(server.superuser, "postgres") as conn:
    conn.execute("DROP DATABASE amply")
    conn.execute("CREATE DATABASE amply OWNER amply_admin TEMPLATE template0")""",
    "while the candidate was applied": """
with server.connect("amply_admin", "amply") as conn:
    conn.execute("CREATE TABLE t (i int)")
    conn.execute("CREATE ROLE amply_app LOGIN")
    conn.execute("CREATE ROLE reporting")
    conn.execute("GRANT SELECT ON t TO reporting")""",
    "before a clone was marked": """
with server.connect(server.superuser, "postgres") as conn:
    conn.execute("CREATE DATABASE amply_sown OWNER amply_admin TEMPLATE amply STRATEGY FILE_COPY")""",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_run_after_a_killed_one_cleans_up(external, moment):
    killed_while(external, MOMENTS[moment])
    assert JOURNAL in external.names()
    _, leave = take_over(external.url, disposable=False)
    leave()


def test_the_run_after_a_killed_test_run_cleans_up(external, tmp_path):
    process = in_a_process("-m", "pytest", "--server", external.url, "-q", "-n", "2", TMPDIR=str(tmp_path))
    deadline = time.monotonic() + 60
    while not any(name.startswith("amply_gw") for name in external.names()) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    process.stdout.close()
    assert "amply_sown" in external.names()
    _, leave = take_over(external.url, disposable=False)
    leave()


def test_what_others_made_since_a_run_was_killed_is_not_touched(external):
    killed_while(external, "")
    external.run("DROP DATABASE amply", "CREATE DATABASE amply OWNER amply_admin", "CREATE ROLE clerk")
    with external.server.connect("postgres", "amply") as conn:
        conn.execute("CREATE TABLE accounts AS SELECT 1 AS i")
        conn.execute("VACUUM FREEZE accounts")
    before = content(external, "amply")
    try:
        text = refusal(external.url, disposable=True)
        assert "amply" in text
        assert content(external, "amply") == before
        assert {"clerk", "amply_admin"} <= external.names()
    finally:
        external.run("DROP DATABASE amply", "DROP ROLE clerk")
        _, leave = take_over(external.url, disposable=False)
        leave()


def test_the_lock_is_held_by_one_connection_for_the_whole_run(external):
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) | objid::bigint = %s"
    _, leave = take_over(external.url, disposable=False)
    try:
        assert external.admin.execute(query, [LOCK]).fetchone() == (1,)
    finally:
        leave()
    assert external.admin.execute(query, [LOCK]).fetchone() == (0,)


def test_a_run_that_lost_its_lock_drops_nothing(external, capsys):
    server, leave = take_over(external.url, disposable=False)
    external.run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    leave()
    assert "could not be left as it was found" in capsys.readouterr().err
    server.connect("amply_admin", DATABASE).close()
    _, leave = take_over(external.url, disposable=False)
    leave()
