"""For the tests of --server container: the images of tools/container_lab.sh, runs of the suite, and what is there."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.container_owner import LABEL
from support.guard import Guard

ROOT = Path(__file__).parents[1]
# Set by tools/container_lab.sh: PostgreSQL 15, another major version, and one whose container dies at once.
IMAGE, OTHER, DYING = (os.environ[f"AMPLY_LAB_{name}"] for name in ("IMAGE", "OTHER", "DYING"))


def docker(*arguments):
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True)
    return done.stdout.split()


def containers():
    return docker("ps", "--all", "--quiet", "--filter", f"label={LABEL}")


def none_within(seconds):
    until = time.monotonic() + seconds
    while containers() and time.monotonic() < until:
        time.sleep(0.1)
    return containers() == []


@pytest.fixture(autouse=True)
def _leaves_nothing():
    before = docker("volume", "ls", "--quiet"), docker("network", "ls", "--quiet")
    assert containers() == []
    yield
    assert containers() == []
    assert (docker("volume", "ls", "--quiet"), docker("network", "ls", "--quiet")) == before


@pytest.fixture
def guard():
    made = Guard()
    yield made
    made.close()


def start(*arguments, image=IMAGE, **environment):
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("AMPLY_", "PYTEST_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "--server", "container", "--server-image", image, "-q", *arguments],
        cwd=ROOT,
        env={**keep, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # ignored in background jobs
    )


def started(process):
    """Waits until the run's container is there and its tests run."""
    for line in process.stdout:
        if line.startswith(".") or "F" in line.split(" ")[0]:
            break
    assert len(containers()) == 1
