"""Whatever way a run with further servers ends, no server, directory or shared memory of it stays."""

# ruff: noqa: F811  # fixtures are imported
import os
import signal
from pathlib import Path

import pytest

from support.acquire import acquire
from support.crash import WAYS
from support.recovery.servers import STREAMING, Site
from tests_suite.homes import _children, _warmed, ended, home, until  # noqa: F401

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")
RUN = ("-m", "operations", "--hypothesis-profile", "quick")
DRILL = "tests_operations/test_recovery_resumes_the_ledger.py"
CRASH = "tests_operations/test_crash_loses_nothing.py"
REPLICA = "tests_operations/test_replica_isolates_organisations.py"


def waiting(home, tmp_path, test, *arguments):
    """A run in the middle of that test."""
    here = tmp_path / "here"
    running = home.suite(*RUN, "--accident", f"wait={test}={here}", *arguments)
    until(lambda: here.exists() or running.poll() is not None, "the test that waits")
    assert running.poll() is None, ended(running)[1]
    assert len(home.servers()) >= 2
    return running


def test_nothing_is_left_after_a_run(home):
    code, output = ended(home.suite(*RUN, DRILL, CRASH, REPLICA))
    assert code == 0, output
    assert home.left() == []


@pytest.mark.parametrize(
    ("test", "file"), [("next_entry_follows", DRILL), ("withstands", CRASH), ("sees_exactly", REPLICA)], ids=str
)
def test_nothing_is_left_after_the_run_is_killed(test, file, home, tmp_path):
    running = waiting(home, tmp_path, test, file)
    running.kill()
    until(lambda: home.left() == [], "the guards have cleaned up")


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "workers"])
def test_nothing_is_left_after_an_interruption(workers, home, tmp_path):
    running = waiting(home, tmp_path, "next_entry_follows", *workers, DRILL, REPLICA)
    os.killpg(running.pid, signal.SIGINT)
    code, output = ended(running)
    assert code == 2, output
    assert home.left() == []


def test_what_a_run_leaves_whose_guards_are_killed_too_goes_with_the_next_run(home, tmp_path):
    running = waiting(home, tmp_path, "next_entry_follows", DRILL)
    for pid in _children(running.pid):
        if "guard.py" in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(pid, signal.SIGKILL)
    running.kill()
    running.wait()
    assert len(home.servers()) >= 3
    assert ended(home.server()) == (0, "")
    assert home.left() == []


@pytest.fixture(scope="module")
def machine():
    """A second server of this process, that can be killed and started again."""
    lease = acquire("auto", settings=STREAMING)
    with Site(lease.server) as site:
        yield site, site.primary()
    lease.close()


@pytest.mark.parametrize("way", WAYS)
def test_no_shared_memory_is_left_after_the_death_of(way, machine):
    site, server = machine
    before = segment(server)
    assert before in segments()
    assert server.admin  # a backend to kill
    WAYS[way](site, server)
    assert before not in segments()
    assert segment(server) in segments()


def test_no_shared_memory_is_left_of_a_server_that_is_lost(machine):
    site, server = machine
    before = segment(server)
    site.lose(server)
    assert before not in segments()
    assert not server.data.exists()


def segment(server):
    """The id of the server's segment of shared memory, by its own lock file."""
    return (server.data / "postmaster.pid").read_text().splitlines()[6].split()[1]


def segments():
    """The ids of all segments on this machine."""
    return {line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}
