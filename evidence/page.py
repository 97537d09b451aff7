"""What report.html shows, worked out from the evidence document: sentences, counts, order. No markup here."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum
from typing import Any, Final, get_args

from evidence.annotations import decides
from evidence.verdict import RunVerdict, Verdict
from spec import Scope

WORDS: Final = {
    "kept": "Kept",
    "broken": "Broken",
    "deviates": "Deviates",
    "error": "Error",
    "not-checked": "Not checked",
    "incomplete": "Incomplete",
    "passed": "passed",
    "failed": "failed",
}
MEANS: Final = {
    "kept": "every test of it passed",
    "broken": "a test shows that it does not hold",
    "deviates": "it does not hold, and the candidate's owner declared that",
    "error": "the suite or its server failed, so nothing is known",
    "not-checked": "not all of its tests ran, so nothing is known",
}
SCOPES: Final = {
    "offline": "Judged on a disposable PostgreSQL: the candidate, not the instance in use.",
    "operations": "Judged on disposable servers under load: how the candidate is run, not the instance in use.",
    "live": "Judged on the real instance, read only.",
}
ORDER: Final = ("broken", "error", "not-checked", "deviates", "kept")  # what needs a reader first
assert {*ORDER} == {*MEANS} == {*get_args(Verdict)}
assert {*get_args(RunVerdict)} <= {*WORDS}
assert {*SCOPES} == {*get_args(Scope)}


@dataclass(frozen=True)
class Observation:
    """The tests that observed the same."""

    observed: str
    nodeids: tuple[str, ...]

    @property
    def by(self) -> str:
        """How many tests."""
        return f"Observed by {number(len(self.nodeids), 'test')}"


@dataclass(frozen=True)
class Bar:
    """A part of an area's bar, in hundredths of the longest."""

    verdict: str
    start: float
    length: float


@dataclass(frozen=True)
class Area:
    """The guarantees of one area."""

    name: str
    anchor: str
    guarantees: tuple[Mapping[str, Any], ...]
    counts: Mapping[str, int]
    largest: int  # guarantees of the largest area

    @property
    def bars(self) -> list[Bar]:
        """How its guarantees came out, side by side; the largest area's bar is the longest."""
        found, start = list[Bar](), 0.0
        for verdict in reversed(ORDER):
            if length := 100 * self.counts[verdict] / self.largest:
                found.append(Bar(verdict, start, length))
                start += length
        return found


def number(count: int, noun: str) -> str:
    """`1 test`, `2 tests`."""
    return f"{count} {noun}{'s' * (count != 1)}"


def areas(guarantees: Sequence[Mapping[str, Any]]) -> list[Area]:
    """The areas, each once, in the order in which they begin."""
    sizes = Counter(one["area"] for one in guarantees)
    found, anchors = list[Area](), Counter[str]()
    for name in sizes:
        anchor = "area-" + (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "other")
        anchors[anchor] += 1
        own = tuple(one for one in guarantees if one["area"] == name)
        unique = anchor if anchors[anchor] == 1 else f"{anchor}-{anchors[anchor]}"
        found.append(Area(name, unique, own, Counter(one["verdict"] for one in own), max(sizes.values())))
    return found


def source(text: str) -> tuple[str, str]:
    """The section of the design document and its words; the words are empty if there are none."""
    section, quoted, words = text.partition(': "')
    return (section, words.removesuffix('"')) if quoted else (text, "")


def observations(failures: Iterable[Mapping[str, str]]) -> list[Observation]:
    """The failures of a guarantee, those that observed the same together."""
    found: dict[str, list[str]] = {}
    for failure in failures:
        found.setdefault(failure["observed"] or "nothing was recorded", []).append(failure["nodeid"])
    return [Observation(observed, tuple(nodeids)) for observed, nodeids in found.items()]


def remedies(failures: Iterable[Mapping[str, str]]) -> list[str]:
    """What mends a guarantee, each once."""
    return [*dict.fromkeys(failure["remedy"] for failure in failures if failure["remedy"])]


def files(tests: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The tests of a guarantee by the file that they stand in; each gets the `name` that it has there."""
    named = [(*test["nodeid"].partition("::"), test) for test in tests]
    whole = [(file if mark else "", {**test, "name": name or file}) for file, mark, name, test in named]
    return [(file, [test for _, test in group]) for file, group in groupby(whole, key=lambda pair: pair[0])]


_OUTCOMES: Final = (("failed", "failed"), ("error", "in error"), ("passed", "passed"))


def tried(one: Mapping[str, Any]) -> str:
    """How many tests of a guarantee ended how, and how long they took."""
    outcomes = Counter(test["outcome"] for test in one["tests"])
    ended = ", ".join(f"{outcomes[name]} {word}" for name, word in _OUTCOMES if outcomes[name])
    took = fsum(test["seconds"] for test in one["tests"])  # sum() rounds otherwise from one Python to the next
    return f"{number(len(one['tests']), 'test')}: {ended}, {took:.3f} s" if outcomes else "no test ran"


def stale(one: Mapping[str, Any]) -> bool:
    """Whether a deviation is declared for it though it is kept."""
    return bool(one["deviation"] and one["deviation"]["stale"])


def _some(count: int, whole: int, one: str, more: str) -> str:
    """`1 of 65 guarantees is`, `2 of 65 guarantees are`."""
    return f"{count} of {number(whole, 'guarantee')} {one if count == 1 else more}"


def _first(document: Mapping[str, Any], seen: Mapping[str, int], whole: int) -> list[str]:
    if not whole:
        return ["No guarantee was judged. This run proves nothing and is not a pass."]
    if document["verdict"] == "incomplete":
        return [f"{_some(seen['not-checked'], whole, 'was', 'were')} not checked. This run is not a pass."]
    if document["verdict"] == "broken":
        return []
    if seen["deviates"]:
        declared = _some(seen["deviates"], whole, "is a declared deviation", "are declared deviations")
        return [f"{_some(seen['kept'], whole, 'is', 'are')} kept. {declared}, with a reason and a last day."]
    every = f"All {whole} guarantees in scope were examined, and hold."
    return [every if whole > 1 else "The one guarantee in scope was examined, and holds."]


def meaning(document: Mapping[str, Any]) -> list[str]:
    """What the run's verdict means, in sentences; the first says the most."""
    counted = [one for one in document["guarantees"] if decides(one, document)]
    seen, whole, old = Counter(one["verdict"] for one in counted), len(counted), sum(map(stale, counted))
    lines = _first(document, seen, whole)
    if seen["broken"]:
        lines.append(f"{_some(seen['broken'], whole, 'does', 'do')} not hold.")
    if seen["error"]:
        lines.append(f"{_some(seen['error'], whole, 'is', 'are')} unknown: the suite or its server failed.")
    if old:
        which = "deviation is" if old == 1 else "deviations are"
        lines.append(f"{old} {which} declared for what is kept: take {'it' if old == 1 else 'them'} out.")
    if document["require"] == "core":
        lines.append("Only guarantees of level core decide this verdict; the others are shown all the same.")
    return [*lines, SCOPES[document["scope"]]]
