"""python -m tools.evidence_bench: what --evidence adds to a run, and what each file of it takes.

Whole runs in fresh interpreters, in which this module is a plugin too: it takes the time of what only --evidence does (the
candidate's catalogue, the record, the files, the bundle). Then the files that are made of a document of 500 tests, one by
one in this process, the first time (libraries imported, templates compiled) and the third. Last, runs without --evidence
with the plugin that judges and without it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tools.bench import ROOT

RUNS = 7
TESTS = 500
TAKEN = "evidence took"


def _now() -> tuple[float, float]:
    """Seconds on the clock, and of work by this process and its children that have ended."""
    return time.perf_counter(), sum(os.times()[:4])


class _Timed:
    """As a plugin of a run: takes the time of recording and writing, and prints it last."""

    def __init__(self) -> None:
        self.clock = self.work = 0.0

    def of(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            clock, work = _now()
            try:
                return function(*given, **named)
            finally:
                self.clock, self.work = (
                    before + now - began
                    for before, now, began in zip((self.clock, self.work), _now(), (clock, work), strict=True)
                )

        return timed

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionstart(self) -> Iterator[None]:
        from fixtures import verdicts  # noqa: PLC0415  # pytest loads it as a plugin first

        for name in ("recorded", "write"):
            setattr(verdicts, name, self.of(getattr(verdicts, name)))
        yield

    def pytest_unconfigure(self) -> None:
        print(f"{TAKEN} {self.clock} {self.work} {_now()[1]}")


def pytest_configure(config: pytest.Config) -> None:
    """Where this module is a plugin."""
    config.pluginmanager.register(_Timed())


def run(folder: Path) -> tuple[float, float, float]:
    """A whole run with evidence: seconds that it took, seconds of work for it, seconds of work of all."""
    words = ["-m", "pytest", "-q", "-p", "tools.evidence_bench", f"--evidence={folder}"]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True, text=True)
    (line,) = (line for line in done.stdout.splitlines() if line.startswith(TAKEN))
    clock, work, whole = map(float, line.removeprefix(TAKEN).split())
    return clock, work, whole


def judging() -> tuple[float, float]:
    """Seconds of work of a run without evidence, with the plugin that judges and without it."""
    found = []
    for words in ((), ("-p", "no:fixtures.verdicts")):
        before = os.times()
        command = [sys.executable, "-m", "pytest", "-q", *words, "tests_schema", "tests_security"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        found.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return found[0], found[1]


def cut(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its first 500 tests."""
    left = TESTS
    for one in document["guarantees"]:
        one["tests"] = one["tests"][:left]
        left -= len(one["tests"])
    return document


def parts(document: Mapping[str, Any]) -> None:
    """Print what each file takes, in milliseconds."""

    def timed(name: str, make: Callable[[Mapping[str, Any]], object]) -> None:
        taken = []
        for _ in range(3):
            began = time.perf_counter()
            make(document)
            taken.append(1000 * (time.perf_counter() - began))
        print(f"{name:18} | {taken[0]:8.1f} ms | {taken[-1]:8.1f} ms")

    from evidence.junit import junit  # noqa: PLC0415  # importing is part of what is measured
    from evidence.markdown import summary  # noqa: PLC0415
    from evidence.record import written  # noqa: PLC0415
    from evidence.report import report  # noqa: PLC0415
    from evidence.traceability import traceability  # noqa: PLC0415

    print(f"file of {TESTS} tests  |   first time |       later")
    timed("evidence.json", written)
    timed("summary.md", summary)
    timed("traceability.json", traceability)
    timed("junit.xml", junit)
    timed("report.html", report)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "evidence"
        run(folder)  # fills caches
        seen = []
        print("evidence, clock | work | work of the whole run | ratio")
        for _ in range(RUNS):
            clock, work, whole = run(folder)
            seen.append((clock, work, work / whole))
            print(f"{clock:13.2f} s | {work:.2f} s | {whole:19.2f} s | {work / whole:.3f}", flush=True)
        clock, work, ratio = (statistics.median(column) for column in zip(*seen, strict=True))
        print(f"median of {RUNS} runs: {clock:.2f} s on the clock, {work:.2f} s of work, {ratio:.3f} of the run")
        parts(cut(json.loads((folder / "evidence.json").read_text(encoding="utf-8"))))
    more = [judged - unjudged for judged, unjudged in (judging() for _ in range(RUNS))]
    spread = f"({min(more):.2f} to {max(more):.2f})"
    print(f"the plugin that judges, without --evidence: {statistics.median(more):.2f} s of work more {spread}")


if __name__ == "__main__":
    main()
