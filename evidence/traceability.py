"""traceability.json: each statement of the design document, the guarantees that prove it, their tests and verdicts."""

import json
from collections.abc import Mapping
from typing import Any, Final

from spec import GUARANTEES
from spec.trace import statements

FORMAT: Final = "amply-compliance-traceability/1"


def _proof(id_: str, judged: Mapping[str, Any]) -> dict[str, Any]:
    """A guarantee in this run: its verdict, or why it has none."""
    if id_ in judged:
        one = judged[id_]
        return {"id": id_, "verdict": one["verdict"], "tests": [test["nodeid"] for test in one["tests"]]}
    known = GUARANTEES[id_]
    why = "planned" if known.planned else "not in scope"
    return {"id": id_, "verdict": why, "scope": known.scope, "tests": []}


def traceability(document: Mapping[str, Any]) -> bytes:
    """The statements in the document's order; `line` and `last` count from 1."""
    judged = {one["id"]: one for one in document["guarantees"]}
    content = {
        "format": FORMAT,
        "verdict": document["verdict"],
        "scope": document["scope"],
        "statements": [
            {
                "section": one.section,
                "line": one.line,
                "last": one.last,
                "words": one.words,
                **({"aside": one.because} if one.aside else {}),
                "guarantees": [_proof(id_, judged) for id_ in one.ids],
            }
            for one in statements()
        ],
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
