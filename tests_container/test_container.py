"""--server container: a run in a container, and its end, whatever that is. Run by tools/container_lab.sh."""

# ruff: noqa: F811  # fixtures are imported
import signal
import sys
import time
from pathlib import Path

import pytest

from support.container import start_container
from support.rds_like import DATABASE, PARAMETERS
from tests_container.docker_lab import IMAGE, _leaves_nothing, containers, docker, guard, none_within, start, started  # noqa: F401


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_the_offline_specification_runs_in_a_container(workers):
    before = time.monotonic()
    process = start(*workers)
    output, _ = process.communicate(timeout=600)
    assert process.returncode in (0, 1), output
    assert "(container)" in output
    assert "verdict:" in output
    for noise in ("testcontainers", "Pulling image", "Waiting", "Warning", "Traceback"):
        assert noise not in output
    sys.stderr.write(f"\n{' '.join(workers) or 'alone'}: {time.monotonic() - before:.1f} s\n{output[-300:]}\n")


def test_it_looks_like_rds_and_listens_on_loopback_only(guard):
    server, stop = start_container(IMAGE, guard)
    try:
        (container,) = containers()
        published = docker("port", container, "5432")
        assert published == [f"127.0.0.1:{server.port}"]
        assert server.kind == "container"
        assert server.version.startswith("PostgreSQL 15.")
        with server.connect("amply_admin", DATABASE) as conn:
            for name, value in PARAMETERS.items():
                query = "SELECT setting FROM pg_settings WHERE name = %s"
                assert conn.execute(query, [name]).fetchone() == (value,)
            assert conn.execute("SHOW fsync").fetchone() == ("off",)
            assert conn.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    finally:
        stop()


def test_a_password_is_asked_of_everybody(guard):
    server, stop = start_container(IMAGE, guard)
    try:
        server.passwords["postgres"] = "wrong"
        with pytest.raises(Exception, match="password authentication failed"):
            server.connect("postgres", "postgres")
    finally:
        stop()


def test_another_run_leaves_the_container_of_this_one_alone(guard):
    server, stop = start_container(IMAGE, guard)
    _, stop_other = start_container(IMAGE, guard)
    stop_other()
    server.connect("amply_admin", DATABASE).close()
    stop()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_run_that_is_interrupted_removes_its_container(sign):
    process = start()
    started(process)
    process.send_signal(sign)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 2, output
    assert containers() == []


def test_the_guard_removes_the_container_of_a_killed_run():
    process = start()
    started(process)
    process.kill()
    process.communicate(timeout=60)
    assert none_within(20)


def test_the_next_run_removes_what_no_guard_could(guard):
    process = start(PATH=str(Path(sys.executable).parent))  # no docker command: the guard can do nothing
    started(process)
    process.kill()
    process.communicate(timeout=60)
    assert not none_within(3)
    left = containers()
    _, stop = start_container(IMAGE, guard)
    assert not set(left) & set(containers())
    stop()
