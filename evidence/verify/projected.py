"""The files made of evidence.json against evidence.json: made again and compared, or compared by what they tell."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from evidence.manifest import BundleError
from evidence.projections import projections
from evidence.record import EVIDENCE, VERSION, commit
from evidence.strict_json import parse
from evidence.verify import parsers
from evidence.verify.catalogue import ROOT, same_specification

_ID: Final = re.compile(r"\b[A-Z]{3}-\d{2}\b")
_CHANGES: Final = "+changes"


@cache
def ours() -> str:
    """The commit of this checkout, whether or not it is what was committed; empty if unknown."""
    return commit(ROOT).removesuffix(_CHANGES)


def same_suite(document: Mapping[str, Any], here: str) -> bool:
    """Whether the bundle was made by the suite that this checkout has, so that the same document gives the same bytes."""
    suite = document["suite"]
    made_by = suite["commit"].removesuffix(_CHANGES)
    return bool(suite["version"] == VERSION and same_specification(document) and made_by == here)


def written(document: Mapping[str, Any]) -> bytes:
    """evidence.json as every suite writes it."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def again(document: Mapping[str, Any]) -> dict[str, bytes]:
    """The files as this checkout makes them. Raises BundleError for a document that they cannot be made of."""
    try:
        return projections(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, ArithmeticError) as error:
        raise BundleError(f"nothing can be made of {EVIDENCE}: {type(error).__name__}") from None


def bytes_differ(files: Mapping[str, bytes], made: Mapping[str, bytes]) -> list[str]:
    """The files that are not what this checkout makes of evidence.json."""
    found = [f"{name}: missing" for name in made if name not in files]
    for name in made:
        if name in files and files[name] != made[name]:
            what = "not written as the suite writes it" if name == EVIDENCE else f"not what {EVIDENCE} gives"
            found.append(f"{name}: {what}")
    return found


def _pairs(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(one["id"], one["verdict"]) for one in document["guarantees"]]


def _unequal(told: list[tuple[str, str]], document: Mapping[str, Any]) -> Iterator[str]:
    expected, seen = dict(_pairs(document)), {id_ for id_, _ in told}
    for id_, verdict in told:
        if expected.get(id_) != verdict:
            yield f"{id_} is {verdict} there, {expected.get(id_, 'not judged')} in {EVIDENCE}"
    yield from (f"{id_} is not there" for id_ in expected if id_ not in seen)


def _summary(content: bytes, document: Mapping[str, Any]) -> Iterator[str]:
    told, verdict = parsers.summary(content)
    if verdict != document["verdict"]:
        yield f"the run is {verdict or 'not judged'} there, {document['verdict']} in {EVIDENCE}"
    if b"more parts do not fit here" not in content:
        yield from _unequal(told, document)


def _page(content: bytes, document: Mapping[str, Any]) -> Iterator[str]:
    told, run = parsers.page(content)
    if told:
        yield from _unequal([*dict.fromkeys(told)], document)
    if run - {document["verdict"], *(verdict for _, verdict in _pairs(document))}:
        yield f"a verdict stands there that {EVIDENCE} does not have"


def _trace(content: bytes, document: Mapping[str, Any]) -> Iterator[str]:
    data = parse(content, "it")
    try:
        if (data["verdict"], data["scope"]) != (document["verdict"], document["scope"]):
            yield f"its verdict or scope is not that of {EVIDENCE}"
        proofs = [proof for statement in data["statements"] for proof in statement["guarantees"]]
        judged = {(str(proof["id"]), str(proof["verdict"])): proof["tests"] for proof in proofs if "scope" not in proof}
    except (KeyError, TypeError, AttributeError):
        raise BundleError("not of its form") from None
    yield from _unequal([*judged], document)
    tests = {one["id"]: [test["nodeid"] for test in one["tests"]] for one in document["guarantees"]}
    yield from (f"{id_}: other tests there" for (id_, _), told in judged.items() if tests.get(id_, told) != told)


def _junit(content: bytes, document: Mapping[str, Any]) -> Iterator[str]:
    told = parsers.junit(content)
    counted = Counter(case.outcome for case in told.cases)
    sums = {"tests": len(told.cases), "failures": counted["failed"]}
    sums |= {"errors": counted["error"], "skipped": counted["skipped"]}
    for name, number in sums.items():
        if name in told.told and told.told[name] != str(number):
            yield f"it counts {name} otherwise than there are"
    by_id: dict[str, set[str]] = {}
    for case in told.cases:
        for id_ in {id_ for word in case.words for id_ in _ID.findall(word)}:
            by_id.setdefault(id_, set()).add(case.outcome)
    for id_, verdict in _pairs(document):
        seen = by_id.get(id_)
        if seen is None:
            yield f"{id_} is not there"
        elif verdict == "kept" and not seen <= {"passed"}:
            yield f"{id_} is kept in {EVIDENCE}, but not passed there"
        elif verdict in ("broken", "error") and not seen & {"failed", "error"}:
            yield f"{id_} is {verdict} in {EVIDENCE}, but passed there"
    yield from (f"{id_} is not in {EVIDENCE}" for id_ in by_id.keys() - dict(_pairs(document)).keys())


_BY_CONTENT: Final[dict[str, Callable[[bytes, Mapping[str, Any]], Iterator[str]]]] = {
    "summary.md": _summary,
    "report.html": _page,
    "traceability.json": _trace,
    "junit.xml": _junit,
}
NAMES: Final = frozenset({EVIDENCE, *_BY_CONTENT})


def content_differs(files: Mapping[str, bytes], document: Mapping[str, Any]) -> list[str]:
    """What the files tell otherwise than evidence.json, whoever wrote them."""
    found = []
    for name, differences in _BY_CONTENT.items():
        if name in files:
            try:
                found += [f"{name}: {finding}" for finding in differences(files[name], document)]
            except BundleError as error:
                found.append(f"{name}: {error}")
    return found
