"""A run with --schema-from that is ended ends its dump; options that do not go together are refused before it begins."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests_suite.conftest import ROOT
from tests_suite.source_server import source_server

HUSH = "hush-hush-4711"


@pytest.fixture(scope="module")
def source():
    with source_server() as found:
        yield found


# pg_dump waits for the catalog as long as it takes, in a query that is its own.
WAITING = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_publication%' AND wait_event_type = 'Lock'"


def until(true):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_ends_its_dump(sign, source, tmp_path):
    with source.connect() as holder, holder.transaction(), source.connect() as admin:
        holder.execute("LOCK TABLE pg_catalog.pg_publication")
        words = [sys.executable, "-m", "pytest", "--schema-from", source.dsn(), f"--evidence={tmp_path}"]
        run = subprocess.Popen(
            words, cwd=ROOT, env={**os.environ, **source.password()}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        until(lambda: admin.execute(WAITING).fetchall())
        run.send_signal(sign)
        output = run.communicate(timeout=60)[0].decode()
        # Python ends by SIGINT, not with pytest's 2, if it was just making a class out of a string (dataclasses).
        assert run.returncode in ((-signal.SIGKILL,) if sign == signal.SIGKILL else (2, -signal.SIGINT)), output
        assert source.server.passwords["postgres"] not in output
        left = f"SELECT pg_terminate_backend(pid) FROM ({WAITING}) w"
        admin.execute(left)  # the server itself notices only when it answers
    assert list(tmp_path.iterdir()) == []


REFUSED = {
    "malformed": (["--schema-from", f"postgresql://me:{HUSH}@a@b/x"], "--schema-from is no connection string such as"),
    "with --schema": (["--schema-from", "host=a", "--schema", "x"], "--schema-from and --schema exclude each other"),
    "with --alembic": (["--schema-from", "host=a", "--alembic", "x"], "--schema-from and --alembic exclude each other"),
    "a copy and itself": (
        [
            "-m",
            "live",
            "--schema-from",
            "host=localhost dbname=amply user=a",
            "--live-dsn",
            "postgresql://b@127.0.0.1/amply",
        ],
        "--schema-from and --live-dsn name the same database",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_4_says(what, suite):
    words, said = REFUSED[what]
    run = suite(*words)
    assert run.exit == 4
    assert said in run.output
    assert HUSH not in run.output


def test_the_variable_does_as_the_option(suite):
    run = suite(environment={"AMPLY_SCHEMA_FROM": "nonsense"})
    assert run.exit == 4
    assert "--schema-from is no connection string" in run.output
