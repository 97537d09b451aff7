"""The document's guarantees against the specification of this checkout: none dropped, added or reworded."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from evidence.inert import line
from spec import GUARANTEES, SPEC_SHA256, Guarantee
from support.redaction import redacted

ROOT: Final = Path(__file__).parents[2]
MIGRATIONS: Final = "MIG"  # judged of an Alembic project up to its newest revision only
NEWEST: Final = "heads"
RECORDED: Final = "AUD-03"  # judged against the checkpoint of an earlier audit, if one is given


def same_specification(document: Mapping[str, Any]) -> bool:
    """Whether the run was judged by the specification that this checkout has."""
    return bool(document["suite"]["spec_sha256"] == SPEC_SHA256)


def _in_scope(document: Mapping[str, Any]) -> list[Guarantee]:
    """What a run of this scope judges; migrations of an Alembic project that was brought to its newest revision; what an
    earlier audit recorded, if its checkpoint was given.
    """
    candidate = document["candidate"]
    migrations = candidate["kind"] == "alembic" and candidate.get("revision", NEWEST) == NEWEST
    proved = [one for one in GUARANTEES.values() if one.scope == document["scope"] and not one.planned]
    without = [] if document["environment"].get("live_checkpoint") else [RECORDED]
    return [one for one in proved if (migrations or not one.id.startswith(MIGRATIONS)) and one.id not in without]


def compared(document: Mapping[str, Any]) -> Iterator[str]:
    """What differs from the catalogue, guarantee by guarantee."""
    expected = {one.id: one for one in _in_scope(document)}
    ids = [one["id"] for one in document["guarantees"]]
    yield from (f"{id_}: in scope, but not in evidence.json" for id_ in expected if id_ not in ids)
    yield from (f"{id_}: not in scope, but in evidence.json" for id_ in ids if id_ not in expected)
    if sorted(ids) == sorted(expected) and ids != [*expected]:
        yield "the guarantees are not in the order of the specification"
    for one in document["guarantees"]:
        if known := expected.get(one["id"]):
            for key in ("says", "source", "level", "area"):
                if one[key] != redacted(getattr(known, key)):  # the document names a connection string
                    yield f"{known.id}: `{key}` is not what the specification says"
            if any(failure["remedy"] != redacted(known.remedy) for failure in one["failures"]):
                yield f"{known.id}: `remedy` is not what the specification says"


def remarks(document: Mapping[str, Any]) -> Iterator[str]:
    """What the auditor has to know to read the comparison."""
    if (revision := document["candidate"].get("revision", NEWEST)) != NEWEST:
        yield f"the schema of revision {line(revision, 60)}, not the newest: its migrations were not judged"


def _ids(expression: ast.expr) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "guarantee":
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


@cache
def named_by_tests() -> dict[str, set[str]]:
    """The test functions of this checkout that show each guarantee (`file::function`)."""
    found: dict[str, set[str]] = {}
    for file in sorted(ROOT.glob("tests_[!s]*/**/test_*.py")) + sorted(ROOT.glob("tests_s[!u]*/**/test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        of_module = [id_ for node in tree.body if isinstance(node, ast.Assign) for id_ in _ids(node.value)]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for id_ in {*of_module, *(id_ for mark in node.decorator_list for id_ in _ids(mark))}:
                    found.setdefault(id_, set()).add(f"{file.relative_to(ROOT).as_posix()}::{node.name}")
    return found


def unshown(document: Mapping[str, Any]) -> Iterator[str]:
    """Kept guarantees without some test function that shows them: what ran in part is not kept."""
    kept = {one["id"]: one for one in document["guarantees"] if one["verdict"] == "kept"}
    functions = named_by_tests()
    for id_, one in kept.items():
        ran = {test["nodeid"].partition("[")[0].replace("::()", "") for test in one["tests"]}
        left = {name for name in functions.get(id_, set()) if name not in ran}
        if left:
            yield f"{id_}: kept, without {min(left)}" + f" and {len(left) - 1} more" * (len(left) > 1)
