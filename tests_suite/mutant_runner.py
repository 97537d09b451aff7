"""Runs of the suite in forked children of a process that has imported everything once: a mutant costs its tests only.

    python -m tests_suite.mutant_runner

reads one JSON line per run from standard input, {"arguments": [...], "output": "file", "environment": {...}}, and answers each
with one JSON line, {"exit": code}, when the run is over.
"""

import contextlib
import importlib
import json
import os
import pkgutil
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = (
    "pytest",
    "_pytest.terminal",
    "_pytest.junitxml",
    "psycopg",
    "hypothesis",
    "hypothesis.stateful",
    "jinja2",
    "xdist.plugin",
)
NOT_EVERYWHERE = ("trustme",)  # of requirements-operations.txt

NEEDY = ("arrow", "parquet", "generate_parquet", "spark")  # they need what not everybody has, and threads of its own

# What was imported before the fork cannot be rewritten, and need not be. The plugins left out cost a third of a quick run.
LEAN = ("-W", "ignore::pytest.PytestAssertRewriteWarning", "--capture=no")
LEAN += tuple(f"-pno:{name}" for name in ("unraisableexception", "threadexception", "junitxml"))


def preload() -> None:
    """Import what does not change from run to run. Not fixtures or tests: pytest rewrites their assertions."""
    for name in HEAVY:
        importlib.import_module(name)
    for name in NOT_EVERYWHERE:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for package in ("spec", "audit", "support", "evidence"):
        for module in pkgutil.iter_modules([str(ROOT / package)]):
            if module.name not in ("__main__", "container", *NEEDY):
                importlib.import_module(f"{package}.{module.name}")


def run(arguments: list[str], output: str, environment: dict[str, str]) -> int:
    """One run in a child of its own. Returns pytest's exit code, or 128 + the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 3
        os.environ.update(environment)
        try:
            with Path(output).open("wb", buffering=0) as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            code = int(sys.modules["pytest"].main([*LEAN, *arguments]))
        except SystemExit as left:  # pytest_amply started pytest over, and ends as that run did
            code = int(left.code or 0)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    sys.dont_write_bytecode = False  # rewritten tests are worth keeping
    os.environ.pop("GITHUB_ACTIONS", None)  # what these runs find is no finding of the workflow that tests the suite
    os.chdir(ROOT)
    preload()
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps({"exit": run(request["arguments"], request["output"], request["environment"])}), flush=True)


if __name__ == "__main__":
    main()
