"""Tests in a browser end clearly without one, and leave nothing of one."""

import subprocess
import sys
from pathlib import Path

from support.guard import alive
from tests_suite.browser import MISSING
from tests_suite.conftest import ROOT
from tests_suite.homes import until


def test_nothing_of_a_browser_is_left_whose_run_is_killed():
    program = (
        "from tests_suite.browser import browser\nwith browser() as it: print(it.folder, *it.pids, flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        folder, *pids = process.stdout.readline().split()
        assert len(pids) > 3
        assert all(alive(int(pid)) for pid in pids[:2])  # driver and browser; some of its own come and go
        process.kill()
    until(
        lambda: not any(alive(int(pid)) for pid in pids) and not Path(folder).exists(), "browser and profile are gone"
    )


def test_without_a_browser_the_tests_end_in_one_line():
    name = "tests_suite/test_report_in_browser.py::test_a_block_is_copied"
    words = [sys.executable, "-m", "pytest", "-q", name]
    done = subprocess.run(words, cwd=ROOT, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert MISSING in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
