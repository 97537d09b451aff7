"""Runs with a cache directory of their own: it moves the run directories too, so what is left there is known to be theirs."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from support.guard import alive, end_process
from support.places import MEMORY, cache_root
from tests_suite.conftest import ROOT

ONE_FILE = "tests_schema/test_shape_of_the_schema.py"
PATIENCE = 30  # seconds


def until(condition, what):
    """Wait for a condition in another process."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.01)


def _children(pid):
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for file in tasks.glob("*/children") for child in file.read_text().split()]


class Home:
    """A cache directory, and the processes that work in it."""

    def __init__(self):
        fast = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None
        self.path = Path(tempfile.mkdtemp(prefix="amply-", dir=fast))  # short: sockets stand below it
        self.path.chmod(0o755)
        self.temp = self.path / "temp"
        self.temp.mkdir()
        self._started = []

    def start(self, *arguments, **variables):
        """A Python process of its own session, told to keep everything here."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AMPLY_", "PYTEST_"))}
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=ROOT,
            env={**kept, "AMPLY_CACHE_DIR": str(self.path), "TMPDIR": str(self.temp), **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that Ctrl-C can be sent to it and its workers, as a terminal does
        )
        self._started.append(process)
        return process

    def suite(self, *arguments, **variables):
        """A run of the suite that goes on while the test does."""
        return self.start("-m", "pytest", "-p", "tests_suite.accidents", *arguments, **variables)

    def server(self, *statements):
        """A process that has a server and says `ready`; it ends when its standard input does."""
        process = self.start("-c", "\n".join((SERVER, *statements, WAIT)))
        line = process.stdout.readline()
        assert line == "ready\n", line + process.communicate(timeout=PATIENCE)[0]
        return process

    def servers(self):
        """The servers that run here."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                here = f"{self.path}/" in str((process / "cwd").readlink())
                if here and alive(int(process.name)):
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def left(self):
        """What should be gone after a run: servers, run directories, half-built caches, temporary files."""
        files = [*(self.path / "run").glob("*"), *self.path.glob("*.partial"), *self.temp.glob("amply-*")]
        return [*self.servers(), *(path.name for path in files)]

    def guard_of(self, process):
        """The process that cleans up after this one."""
        found = [pid for pid in _children(process.pid) if "guard.py" in Path(f"/proc/{pid}/cmdline").read_text()]
        assert len(found) == 1
        return found[0]

    def clear(self):
        """End what a failed test left running, and remove what it left lying about."""
        for process in self._started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its workers too
            process.communicate()
        self._started.clear()
        for pid in self.servers():
            end_process(pid)
        for folder in (self.temp, self.path / "run"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()

    def close(self):
        self.clear()
        shutil.rmtree(self.path, ignore_errors=True)


SERVER = """
import os, signal, sys
from support.acquire import acquire
lease = acquire("auto")
with lease.server.connect("postgres", "amply") as conn:
    conn.execute("SELECT 1")
print("ready", flush=True)
"""
WAIT = """
sys.stdin.read()
lease.close()
"""


def ended(process):
    """The exit code and everything it said."""
    output, _ = process.communicate(timeout=2 * PATIENCE)
    return process.returncode, output


@pytest.fixture
def cold():
    """A cache directory with nothing in it."""
    home = Home()
    yield home
    home.close()


@pytest.fixture(scope="module")
def _warmed():
    home = Home()
    for wheel in cache_root().glob("wheel-*[0-9a-f]"):  # the programs are unpacked already
        (home.path / wheel.name).symlink_to(wheel)
    ended(home.server())
    yield home
    home.close()


@pytest.fixture
def home(_warmed):
    """A cache directory that has served a run; what a test damages in it, its next run mends."""
    yield _warmed
    _warmed.clear()
