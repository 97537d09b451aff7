"""Fixtures for tests about this repository."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
QUICK = ("--hypothesis-profile", "quick")


@dataclass
class Run:
    """What a run of the suite left: exit code, output, evidence (empty if it wrote none)."""

    exit: int
    output: str
    evidence: dict = field(default_factory=dict)

    def ids(self, *verdicts: str) -> set[str]:
        """The guarantees with one of these verdicts."""
        return {one["id"] for one in self.evidence["guarantees"] if one["verdict"] in verdicts}

    def why(self) -> str:
        """The first failure of each guarantee, a line each."""
        return "\n".join(
            f"{one['id']} {failure['nodeid'].rpartition('::')[2]}: {failure['observed'].splitlines()[0]}"[:240]
            for one in self.evidence["guarantees"]
            for failure in one["failures"][:1]
        )


@pytest.fixture(scope="session")
def runner():
    """The process that forks a child for each run."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests_suite.mutant_runner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    yield process
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def run_in(runner, folder: Path, *arguments: object) -> Run:
    """One run of the suite with these arguments, and evidence, in a child of `runner`."""
    output, evidence = folder / "output.txt", folder / "evidence"
    words = [f"--evidence={evidence}", *map(str, arguments)]
    runner.stdin.write(json.dumps({"arguments": words, "output": str(output)}) + "\n")
    runner.stdin.flush()
    answer = json.loads(runner.stdout.readline())
    file = evidence / "evidence.json"
    found = json.loads(file.read_text()) if file.exists() else {}
    return Run(answer["exit"], output.read_text(errors="replace"), found)


@pytest.fixture
def suite(runner, tmp_path):
    """Runs the suite with these arguments, with evidence."""
    return partial(run_in, runner, tmp_path)


@pytest.fixture(scope="session")
def whole(runner, tmp_path_factory):
    """A run of the whole specification on the reference, in one process."""
    return run_in(runner, tmp_path_factory.mktemp("whole"), *QUICK)
