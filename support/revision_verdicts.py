"""The whole behavioural specification, run on the schema as it is after one revision: by the suite itself, as a child."""

import json
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from spec import TABLES, TENANCY
from support import child
from support.migrations import Project
from support.rehearsal import Step, differing

ROOT: Final = Path(__file__).parents[1]
_MINUTES: Final = 10
# Objects of tables that hold no entries and are not isolated: more or fewer columns there protect nothing.
_PARTS: Final = ("column", "constraint", "index", "type")
_GUARDED: Final = {TABLES.ledger, TABLES.organisations, *TENANCY.tables}


@dataclass(frozen=True)
class Verdicts:
    """What the suite said of the schema after a revision: the verdict of each guarantee, and what was observed."""

    verdicts: dict[str, str] = field(default_factory=dict)
    observed: dict[str, str] = field(default_factory=dict)
    tests: dict[str, dict[str, str]] = field(default_factory=dict)  # outcome of each test, by guarantee
    failed: str = ""  # why there are none

    @property
    def broken(self) -> list[str]:
        """The broken guarantees."""
        return [id_ for id_, verdict in self.verdicts.items() if verdict == "broken"]


def _matters(name: str) -> bool:
    """Whether the object may protect the ledger, or open it."""
    return name.partition(" ")[0] not in _PARTS or any(table in name for table in _GUARDED)


def _is_part_of(name: str, tables: Collection[str]) -> bool:
    return any(name.endswith(f" {table}") or name.startswith(f"column {table}.") for table in tables)


def ledger_step(steps: Sequence[Step]) -> int | None:
    """The number of the step that creates the ledger."""
    name = f"table public.{TABLES.ledger}"
    return next((number for number, step in enumerate(steps) if name in step.catalog), None)


def turning_points(steps: Sequence[Step]) -> list[int]:
    """The steps after the creation of the ledger that change, add or remove what may protect it, or open it.

    A new table with all that belongs to it is none, if it stays as it is: the newest schema is judged anyway.
    """
    begun, points = ledger_step(steps), list[int]()
    for number in range(begun + 1, len(steps)) if begun is not None else ():
        one, other, last = steps[number - 1].catalog, steps[number].catalog, steps[-1].catalog
        new = [name.partition(" ")[2] for name in other.keys() - one.keys() if name.startswith(("table ", "view "))]
        if any(
            _matters(name) and not (_is_part_of(name, new) and other.get(name) == last.get(name))
            for name in differing(one, other)
        ):
            points.append(number)
    return points


def to_judge(steps: Sequence[Step]) -> list[int]:
    """The steps whose schema is judged: where the ledger begins, and both sides of each turning point."""
    begun = ledger_step(steps)
    if begun is None:
        return []
    points = turning_points(steps)
    wanted = {begun, *points, *(point - 1 for point in points)}
    return sorted(wanted - ({begun} if begun == len(steps) - 1 else set()))


def judged_at(project: Project, revision: str, server_kind: str) -> Verdicts:
    """The verdicts on the schema after `revision`. Raises child.RunIsOverError."""
    with tempfile.TemporaryDirectory(prefix="amply-revision-") as folder:
        words = ["-c", str(ROOT / "pytest.ini"), "-q", "--hypothesis-profile", "quick", "--server", server_kind]
        words += ["--alembic", str(project.ini), "--alembic-revision", revision, "--deviations", os.devnull]
        words += ["--alembic-command", shlex.join(project.command), "--evidence", folder]
        words += [str(ROOT / "tests_schema"), str(ROOT / "tests_security")]
        ours = ("AMPLY_", "PYTEST_", "PG", "GITHUB_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        if cache := os.environ.get("AMPLY_CACHE_DIR"):
            environment["AMPLY_CACHE_DIR"] = cache
        done = child.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, env=environment, seconds=_MINUTES * 60)
        file = Path(folder) / "evidence.json"
        if not file.exists():
            lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            return Verdicts(failed=(lines or ["no word"])[-1])
        found = json.loads(file.read_text(encoding="utf-8"))["guarantees"]
    return Verdicts(
        {one["id"]: one["verdict"] for one in found},
        {one["id"]: one["failures"][0]["observed"].partition("\n")[0] for one in found if one["failures"]},
        {one["id"]: {test["nodeid"]: test["outcome"] for test in one["tests"]} for one in found},
    )


def _worse(id_: str, before: Verdicts, after: Verdicts) -> bool:
    """Whether more is broken than before: a test fails that passed, or more is named where sets are compared."""
    if before.verdicts.get(id_) not in ("kept", "broken"):
        return False
    passed = {nodeid for nodeid, outcome in before.tests[id_].items() if outcome == "passed"}
    failed = {nodeid for nodeid, outcome in after.tests[id_].items() if outcome == "failed"}
    named = [set(re.split(r"\s*[,;:]\s*", verdicts.observed.get(id_, ""))) for verdicts in (before, after)]
    return bool(passed & failed) or (id_.startswith("GRT") and bool(named[1] - named[0]))


def taken_away(steps: Sequence[Step], judged: dict[int, Verdicts], declared: Collection[str]) -> list[str]:
    """What a revision broke that the one before it kept, a sentence each; `declared`: guarantees with a deviation."""
    sentences = []
    for number in turning_points(steps):
        before, after = judged[number - 1], judged[number]
        broken = [id_ for id_ in after.broken if _worse(id_, before, after) and id_ not in declared]
        if broken:
            seen = "; ".join(f"{id_}: {after.observed.get(id_, '')}" for id_ in broken)
            sentences.append(
                f"{steps[number].revision.name} breaks what {steps[number - 1].revision.name} kept: {seen}"
            )
    return sentences
