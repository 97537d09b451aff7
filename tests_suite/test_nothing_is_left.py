"""Whatever way a run ends, no server and no directory of it stays; and a run starts whatever it finds in its cache."""

# ruff: noqa: F811  # fixtures are imported
import os
import shutil
import signal
from pathlib import Path

import pytest

from support import places
from support.acquire import acquire
from support.cluster_cache import intact
from tests_suite.homes import ONE_FILE, _warmed, cold, ended, home, until  # noqa: F401

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")
WHILE_IT_IS_BUILT = """
import os
from support import acquire, cluster_cache, guard
made = []
class Watched(guard.Guard):
    def __init__(self):
        super().__init__()
        made.append(self._process.pid)
def both(*rest):
    os.kill(made[0], 9)
    os.kill(os.getpid(), 9)
acquire.Guard, cluster_cache.create_roles = Watched, both
acquire.acquire("auto")
"""

ASK_AGAIN = """
with lease.server.connect("postgres", "amply") as conn:
    conn.execute("SELECT 1")
print("still there", flush=True)
"""


def cluster(home):
    """The initialised directory in the cache."""
    (found,) = home.path.glob("cluster-*[0-9a-f]")
    return found


def waiting(home, tmp_path, *arguments):
    """A run in the middle of a test."""
    running = home.suite(*arguments, "--accident", f"wait=an_amount_beyond={tmp_path / 'here'}", ONE_FILE)
    until(lambda: (tmp_path / "here").exists() or running.poll() is not None, "the test that waits")
    assert running.poll() is None, ended(running)[1]
    assert home.servers()
    return running


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "workers"])
def test_nothing_is_left_after_a_run(workers, home):
    code, output = ended(home.suite("--accident", "kill=the_nine_tables", *workers, ONE_FILE))
    assert code == (1 if workers else 0), output
    assert home.left() == []


@pytest.mark.parametrize(
    ("sign", "workers"), [(signal.SIGINT, ["-n2"]), (signal.SIGTERM, ["-n2"]), (signal.SIGTERM, [])]
)
def test_nothing_is_left_after_an_interruption(sign, workers, home, tmp_path):
    running = waiting(home, tmp_path, *workers)
    os.killpg(running.pid, sign)  # as a terminal, or who stops a job, does
    code, output = ended(running)
    assert code == 2, output
    assert "verdict: incomplete" in output
    assert home.left() == []


def test_nothing_is_left_after_the_main_process_is_killed(home, tmp_path):
    running = waiting(home, tmp_path, "-n2")
    running.kill()
    until(lambda: home.left() == [], "the guard has cleaned up")


def test_what_a_run_leaves_whose_guard_is_killed_too_goes_with_the_next_run(home):
    process = home.server()
    os.kill(home.guard_of(process), signal.SIGKILL)
    process.kill()
    process.wait()
    left = home.left()
    assert home.servers()
    next_one = home.server()
    assert set(left).isdisjoint(home.left())
    assert ended(next_one) == (0, "")


def test_a_run_in_progress_is_no_leftover(home):
    first = home.server("sys.stdin.readline()", ASK_AGAIN)
    assert ended(home.server()) == (0, "")
    first.stdin.write("\n")
    first.stdin.flush()
    assert first.stdout.readline() == "still there\n"
    assert ended(first) == (0, "")


def test_a_half_built_cache_of_killed_processes_goes_with_the_next_run(cold):
    process = cold.start("-c", WHILE_IT_IS_BUILT)
    assert ended(process) == (-signal.SIGKILL, "")
    left = cold.left()
    assert any(str(name).endswith(".partial") for name in left)
    assert cold.servers()
    next_one = cold.server()
    assert set(left).isdisjoint(cold.left())
    assert ended(next_one) == (0, "")
    assert cold.left() == []


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def largest(folder):
    return max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)


def remove_all(folder):
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


DAMAGES = {
    "truncated": lambda cache: os.truncate(largest(cache / "data" / "base"), 8192),
    "one-bit": lambda cache: flip(largest(cache / "data" / "base")),
    "no-file": lambda cache: (cache / "data" / "global" / "pg_control").unlink(),
    "no-empty-folder": lambda cache: (cache / "data" / "pg_twophase").rmdir(),
    "one-more-file": lambda cache: (cache / "data" / "standby.signal").touch(),
    "wrong-password": lambda cache: flip(cache / "facts.json"),
    "no-facts": lambda cache: (cache / "facts.json").unlink(),
    "no-manifest": lambda cache: (cache / "manifest").unlink(),
    "binary-manifest": lambda cache: (cache / "manifest").write_bytes(b"\xff\xfe"),
    "manifest-only": lambda cache: remove_all(cache / "data"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_to_a_cache_is_noticed(damage, home):
    cache = shutil.copytree(cluster(home), home.temp / "cache")
    assert intact(cache)
    damage(cache)
    assert not intact(cache)


@pytest.mark.parametrize("damage", ["one-bit", "wrong-password", "no-manifest", "manifest-only"])
def test_a_damaged_cache_is_built_anew(damage, home, monkeypatch):
    monkeypatch.setenv("AMPLY_CACHE_DIR", str(home.path))
    DAMAGES[damage](cluster(home))
    lease = acquire("auto")
    with lease.server.connect("postgres", "amply") as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)
    lease.close()
    assert intact(cluster(home))
    assert home.left() == []


def test_two_runs_at_once_both_start_in_an_empty_cache_and_in_a_damaged_one(cold):
    for damage in (None, DAMAGES["no-file"]):
        if damage:
            damage(cluster(cold))
        processes = [
            cold.start("-c", "from tests_suite.homes import SERVER; exec(SERVER); lease.close()") for _ in range(2)
        ]
        assert [ended(process) for process in processes] == [(0, "ready\n")] * 2
        assert cold.left() == []


def test_a_cache_that_cannot_be_made_is_told_in_a_line(tmp_path, home):
    (tmp_path / "file").touch()
    code, output = ended(home.suite(ONE_FILE, AMPLY_CACHE_DIR=str(tmp_path / "file" / "cache")))
    assert (code, output.count("\n")) == (10, 1), output
    assert f"no cache can be kept in {tmp_path}/file/cache: Not a directory; set AMPLY_CACHE_DIR" in output


def test_the_next_place_is_taken_when_a_cache_cannot_be_made_in_the_first(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(places, "_candidates", lambda: [tmp_path / "file" / "cache", tmp_path / "second"])
    assert places.cache_root() == tmp_path / "second"


def test_variables_for_other_servers_do_not_disturb(home, monkeypatch):
    monkeypatch.setenv("AMPLY_CACHE_DIR", str(home.path))
    for name, value in {
        "PGPORT": "1",
        "PGOPTIONS": "-c default_transaction_read_only=on",
        "PGSSLMODE": "verify-full",
    }.items():
        monkeypatch.setenv(name, value)
    lease = acquire("auto")
    with lease.server.connect("postgres", "amply") as conn:
        assert conn.execute("SHOW default_transaction_read_only").fetchone() == ("off",)
    lease.close()
