"""Which mutant breaks which guarantee, and which tests no mutant fails: `make mutants`.

Each mutant runs by itself; the schema as documented counts as one, which breaks what it declares as deviations. Exit code 0
if each breaks exactly the guarantees that it names and every test of the specification fails for some mutant, 1 if not.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

ROOT = Path(__file__).parents[1]
AS_DOCUMENTED = ROOT / "candidates" / "as_documented"
QUICK = ("--hypothesis-profile", "quick")


@dataclass(frozen=True)
class Mutant:
    """A broken candidate: what makes it, as options of the suite, and the guarantees that it says it breaks."""

    name: str
    options: tuple[str, ...]
    breaks: frozenset[str]


def mutants() -> list[Mutant]:
    """All of mutants/, and the schema as documented."""
    declared = tomllib.loads((AS_DOCUMENTED / "deviations.toml").read_text())
    options = ("--schema", str(AS_DOCUMENTED), "--deviations", os.devnull)
    found = [Mutant("as_documented", options, frozenset(declared))]
    for file in sorted((ROOT / "mutants").glob("*.sql")):
        named = re.findall(r"[A-Z]{3}-\d{2}", file.read_text().splitlines()[0])
        found.append(Mutant(file.stem, ("--patch", str(file)), frozenset(named)))
    return found


@dataclass
class Matrix:
    """What came out: mutants by guarantee, mutants by test, and mutants that did not do what they say."""

    breaks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    failed_by: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, str] = field(default_factory=dict)

    def add(self, mutant: Mutant, evidence: dict[str, Any]) -> None:
        """Take in the evidence of one run."""
        broken = {one["id"] for one in evidence.get("guarantees", ()) if one["verdict"] != "kept"}
        if mutant.breaks != broken:
            names, does = " ".join(sorted(mutant.breaks)), " ".join(sorted(broken)) or "nothing"
            self.wrong[mutant.name] = f"says it breaks {names}, and breaks {does}"
        for one in evidence.get("guarantees", ()):
            if one["verdict"] == "broken":
                self.breaks[one["id"]].append(mutant.name)
            for test in one["tests"]:
                known = self.failed_by[test["nodeid"]]
                if test["outcome"] == "failed" and mutant.name not in known:
                    known.append(mutant.name)

    def never(self) -> list[str]:
        """The tests that no mutant fails."""
        return [nodeid for nodeid, by in self.failed_by.items() if not by]


class Runner:
    """A process of tests_suite.mutant_runner: it forks a child for each run."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests_suite.mutant_runner"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def evidence(self, mutant: Mutant) -> dict[str, Any]:
        """What a run on the reference with this mutant wrote; empty if it wrote nothing."""
        assert self.process.stdin
        assert self.process.stdout
        with tempfile.TemporaryDirectory(prefix="amply-compliance-") as folder:
            arguments = [*mutant.options, "--evidence", f"{folder}/evidence", *QUICK]
            print(json.dumps({"arguments": arguments, "output": os.devnull}), file=self.process.stdin, flush=True)
            self.process.stdout.readline()
            file = Path(folder) / "evidence" / "evidence.json"
            return json.loads(file.read_text()) if file.exists() else {}

    def close(self) -> None:
        """Let it end."""
        self.process.communicate()


def run_all(workers: int) -> Matrix:
    """Run every mutant, with progress on standard error."""
    matrix, idle, todo = Matrix(), SimpleQueue[Runner](), mutants()
    runners = [Runner() for _ in range(workers)]
    for runner in runners:
        idle.put(runner)

    def one(mutant: Mutant) -> tuple[Mutant, dict[str, Any]]:
        runner = idle.get()
        try:
            return mutant, runner.evidence(mutant)
        finally:
            idle.put(runner)

    with ThreadPoolExecutor(workers) as pool:
        for number, (mutant, evidence) in enumerate(pool.map(one, todo), 1):
            matrix.add(mutant, evidence)
            print(f"\r{number}/{len(todo)} {mutant.name:60}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for runner in runners:
        runner.close()
    return matrix


def main() -> int:
    """Print the matrix; see the module's text for the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2, help="runs at a time (default: 2)")
    matrix = run_all(parser.parse_args().workers)
    for id_, by in sorted(matrix.breaks.items()):
        print(f"{id_}  {', '.join(by)}")
    for mutant, what in matrix.wrong.items():
        print(f"{mutant} {what}")
    never = matrix.never()
    print(
        f"{len(mutants())} mutants, {len(matrix.failed_by)} tests; tests that no mutant fails: {len(never) or 'none'}"
    )
    for nodeid in never:
        print(f"  {nodeid}")
    return 1 if matrix.wrong or never else 0


if __name__ == "__main__":
    sys.exit(main())
