"""junit.xml and report.html against evidence.json, by what they tell, whoever wrote them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from evidence.record import EVIDENCE
from evidence.verify import parsers
from evidence.verify.parsers import Case

_ID: Final = re.compile(r"\b[A-Z]{3}-\d{2}\b")


def _pairs(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(one["id"], one["verdict"]) for one in document["guarantees"]]


def _otherwise(told: Sequence[tuple[str, str]], document: Mapping[str, Any]) -> Iterator[str]:
    expected = dict(_pairs(document))
    for id_, verdict in told:
        if expected.get(id_) != verdict:
            yield f"{id_} is {verdict} there, {expected.get(id_, 'not judged')} in {EVIDENCE}"


def unequal(told: Sequence[tuple[str, str]], document: Mapping[str, Any]) -> Iterator[str]:
    """The guarantees (id, verdict) that are told otherwise than in the document, or not at all."""
    seen = {id_ for id_, _ in told}
    yield from _otherwise(told, document)
    yield from (f"{id_} is not there" for id_, _ in _pairs(document) if id_ not in seen)


def _run(told: Sequence[str], document: Mapping[str, Any]) -> Iterator[str]:
    """The verdict of the run, wherever it stands."""
    if wrong := {*told} - {document["verdict"]}:
        yield f"the run is {min(wrong)} there, {document['verdict']} in {EVIDENCE}"


def page(content: bytes, document: Mapping[str, Any]) -> Iterator[str]:
    """What a report tells otherwise, by the attributes of its elements. Raises BundleError."""
    told, run = parsers.page(content)
    yield from unequal([*dict.fromkeys(told)], document)
    yield from _run([*run], document)
    if not run:
        yield "it does not say what the run is"


def _counts(told: parsers.JUnit) -> Iterator[str]:
    counted = Counter(case.outcome for case in told.cases)
    sums = {"tests": len(told.cases), "failures": counted["failed"]}
    sums |= {"errors": counted["error"], "skipped": counted["skipped"]}
    for name, number in sums.items():
        if name in told.told and told.told[name] != str(number):
            yield f"it counts {name} otherwise than there are"


def _ids(case: Case) -> set[str]:
    """The guarantees that a case is about: what its suite says, or else the ids in its names."""
    if case.suite:
        return {case.suite["guarantee"]} if "guarantee" in case.suite else set()
    return {id_ for word in case.words for id_ in _ID.findall(word)}


def _ended(id_: str, verdict: str, seen: set[str]) -> Iterator[str]:
    """How the cases of a guarantee ended, against its verdict."""
    if verdict == "kept" and not seen <= {"passed"}:
        yield f"{id_} is kept in {EVIDENCE}, but not passed there"
    needed = {"failed", "error"} if verdict in ("broken", "error") else {"failed", "error", "skipped"}
    if verdict != "kept" and not seen & needed:
        yield f"{id_} is {verdict} in {EVIDENCE}, but passed there"


def _tests(cases: Sequence[Case], document: Mapping[str, Any]) -> Iterator[str]:
    passed = {test["nodeid"]: test["outcome"] == "passed" for one in document["guarantees"] for test in one["tests"]}
    for case in cases:
        for name in case.words:
            if name in passed and passed[name] is not (case.outcome == "passed"):
                yield f"{name} {'passed' if passed[name] else 'did not pass'} in {EVIDENCE}, there it is {case.outcome}"


def junit(content: bytes, document: Mapping[str, Any]) -> Iterator[str]:
    """What a JUnit file tells otherwise, by its cases and the properties of its suites. Raises BundleError."""
    told = parsers.junit(content)
    yield from _counts(told)
    suites = [case.suite for case in told.cases if "verdict" in case.suite]
    said = [(suite["guarantee"], suite["verdict"]) for suite in suites if "guarantee" in suite]
    expected = dict(_pairs(document))
    yield from _otherwise([*dict.fromkeys(said)], document)
    yield from _run([suite["verdict"] for suite in suites if "guarantee" not in suite], document)
    by_id: dict[str, set[str]] = {}
    for case in told.cases:
        for id_ in _ids(case):
            by_id.setdefault(id_, set()).add(case.outcome)
    for id_, verdict in expected.items():
        yield from _ended(id_, verdict, by_id[id_]) if id_ in by_id else [f"{id_} is not there"]
    yield from (f"{id_} is not in {EVIDENCE}" for id_ in by_id if id_ not in expected)
    yield from _tests(told.cases, document)
