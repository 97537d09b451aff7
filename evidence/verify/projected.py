"""The files made of evidence.json against evidence.json: made again and compared, or compared by what they tell."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from evidence.junit import JUNIT
from evidence.manifest import BundleError
from evidence.projections import projections
from evidence.record import EVIDENCE, VERSION, commit
from evidence.report import REPORT
from evidence.strict_json import parse
from evidence.verify import parsers, reports
from evidence.verify.catalogue import ROOT, same_specification
from evidence.verify.reports import unequal

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


def _summary(content: bytes, document: Mapping[str, Any]) -> Iterator[str]:
    told, verdict = parsers.summary(content)
    if verdict != document["verdict"]:
        yield f"the run is {verdict or 'not judged'} there, {document['verdict']} in {EVIDENCE}"
    if b"more parts do not fit here" not in content:
        yield from unequal(told, document)


def _trace(content: bytes, document: Mapping[str, Any]) -> Iterator[str]:
    data = parse(content, "it")
    try:
        if (data["verdict"], data["scope"]) != (document["verdict"], document["scope"]):
            yield f"its verdict or scope is not that of {EVIDENCE}"
        proofs = [proof for statement in data["statements"] for proof in statement["guarantees"]]
        judged = {(str(proof["id"]), str(proof["verdict"])): proof["tests"] for proof in proofs if "scope" not in proof}
    except (KeyError, TypeError, AttributeError):
        raise BundleError("not of its form") from None
    yield from unequal([*judged], document)
    tests = {one["id"]: [test["nodeid"] for test in one["tests"]] for one in document["guarantees"]}
    yield from (f"{id_}: other tests there" for (id_, _), told in judged.items() if tests.get(id_, told) != told)


_BY_CONTENT: Final[dict[str, Callable[[bytes, Mapping[str, Any]], Iterator[str]]]] = {
    "summary.md": _summary,
    REPORT: reports.page,
    "traceability.json": _trace,
    JUNIT: reports.junit,
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
