"""python -m tests_suite.live_bench: live runs against the simulated account and a PostgreSQL behind TLS, in fresh interpreters.

Prints the seconds of a whole run and of bare `pytest -m live --collect-only`, and the calls to AWS, five times in turn.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests_suite.conftest import PRODUCTION, ROOT
from tests_suite.live_server import live_server
from tests_suite.simulated_account import simulated_account

ROUNDS = 5


def seconds(*arguments, environment):
    began = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", *PRODUCTION, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return time.perf_counter() - began, done


def main():
    with tempfile.TemporaryDirectory() as name, simulated_account() as account:
        folder = Path(name)
        folder.chmod(0o755)
        account.build("production")
        environment = {**os.environ, **account.environment()}
        ways = {"start": ("--collect-only",), "account": ("--read-secrets",)}
        with live_server(folder) as live:
            ways["account and database"] = (*ways["account"], "--live-dsn", live.dsn())
            found = {way: [] for way in ways}
            for _ in range(ROUNDS):
                for way, arguments in ways.items():
                    took, done = seconds(*arguments, environment=environment)
                    found[way].append(took)
            calls = re.search(r"with (\d+) calls", done.stdout)[1]
            verdict = re.search(r"verdict: .*", done.stdout)[0]
    for way, times in found.items():
        print(f"{way:22} {statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})")
    ratio = [whole / start for whole, start in zip(found["account"], found["start"], strict=True)]
    print(f"account / start        {statistics.median(ratio):.1f}; {calls} calls; {verdict}")


if __name__ == "__main__":
    main()
