"""Evidence documents of runs that never were: every verdict, and words that others may have written."""

from datetime import UTC, date, datetime

from evidence.deviations import Deviation
from evidence.record import document
from evidence.verdict import Judged, TestSeen
from spec import GUARANTEES
from tests_suite.conftest import ROOT

HOSTILE = " `\"'<b>\r\n\x00\x1b[31m\u202e {0} \ud800 "
DECLARED = Deviation("", "The index comes with the next release.", date(2027, 12, 31))
VERDICTS = ("kept", "broken", "deviates", "error", "not-checked")
OUTCOMES = {"kept": "passed", "broken": "failed", "deviates": "failed", "error": "error"}


def of(*judged, words="", **told):
    """The document of a run with these verdicts; `told` replaces what it says of the run."""
    candidate = {
        "kind": "sql",
        "catalog_sha256": "ab" * 32,
        "sources": [
            {"path": f"schema{words}.sql", "sha256": "cd" * 32, "file": "candidate/001-schema.sql", "redacted": False}
        ],
    }
    moment = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    environment = {"server": "PostgreSQL 15.19", "server_kind": "wheel", "python": "3.13.0", "packages": {}, "ci": {}}
    run = {
        "verdict": "broken",
        "scope": "offline",
        "require": "all",
        "candidate": candidate,
        "environment": environment,
    }
    made = document(judged, started=moment, finished=moment.replace(minute=6), root=ROOT, **{**run, **told})
    return {**made, "suite": {**made["suite"], "commit": "0" * 40}}


def judged(verdict, id_, words="", **more):
    """One guarantee with this verdict."""
    outcome = OUTCOMES.get(verdict)
    tests = (TestSeen(f"t.py::{id_}", outcome, 0.1, words or "seen"),) if outcome else ()
    deviation = DECLARED if verdict == "deviates" else None
    return Judged(GUARANTEES[id_], verdict, tests, **{"deviation": deviation, "note": words, **more})


def of_every_verdict(words=""):
    """A guarantee of each verdict, and one that is kept though a deviation is declared."""
    ids = [id_ for id_, one in GUARANTEES.items() if not one.planned]
    some = [judged(verdict, id_, words) for verdict, id_ in zip(VERDICTS, ids, strict=False)]
    return of(*some, judged("kept", ids[5], words, deviation=DECLARED), words=words)


def of_all_offline():
    """Every guarantee of an offline run, verdict after verdict, each deviation and failure with what belongs to it."""
    ids = [id_ for id_, one in GUARANTEES.items() if not one.planned and one.scope == "offline"]
    return of(
        *(
            judged(VERDICTS[number % len(VERDICTS)], id_, f"seen of {id_}\nin two lines")
            for number, id_ in enumerate(ids)
        ),
        verdict="incomplete",
    )


def of_tests(number):
    """A kept run of so many tests, eight for a guarantee."""
    ids = [id_ for id_, one in GUARANTEES.items() if not one.planned]
    tests = [TestSeen(f"tests_schema/test_x.py::test_{count}[a-b]", "passed", 0.01) for count in range(number)]
    return of(
        *(Judged(GUARANTEES[ids[at // 8]], "kept", tuple(tests[at : at + 8])) for at in range(0, number, 8)),
        verdict="kept",
    )
