"""The form of evidence.json: which keys there are, and what stands under them."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, get_args

from evidence.inert import line
from evidence.manifest import BundleError
from evidence.record import FORMAT
from evidence.verdict import Outcome, RunVerdict, Verdict
from spec.guarantees import Level, Scope

_OPTIONAL: Final = {"left_out", "revision"}
# A type; a set of words; a list with the form of its items; an object with the form of each key; None: text or nothing.
_TEST: Final = {"nodeid": str, "outcome": set(get_args(Outcome)), "seconds": float}
_GUARANTEE: Final = {
    **dict.fromkeys(("id", "area", "says", "source", "note"), str),
    "level": set(get_args(Level)),
    "verdict": set(get_args(Verdict)),
    "tests": [_TEST],
    "failures": [dict.fromkeys(("nodeid", "observed", "remedy"), str)],
    "deviation": ({"because": str, "until": str, "stale": bool},),
}
_SOURCE: Final = {"path": str, "sha256": str, "file": str, "redacted": bool}
_DOCUMENT: Final = {
    "format": {FORMAT},
    "verdict": set(get_args(RunVerdict)),
    "scope": set(get_args(Scope)),
    "require": {"all", "core"},
    "started": str,
    "finished": str,
    "seconds": float,
    "suite": dict.fromkeys(("version", "commit", "spec_sha256"), str),
    "candidate": {
        "kind": {"sql", "alembic", "dump", "account"},
        "sources": [_SOURCE],
        "catalog_sha256": str,
        "left_out": [str],
        "revision": str,
    },
    "environment": dict,
    "totals": dict.fromkeys(get_args(Verdict), int),
    "guarantees": [_GUARANTEE],
}


def _keys(value: Any, form: Mapping[str, Any], where: str) -> None:
    if not isinstance(value, dict):
        raise BundleError(f"{where}: an object is expected")
    if missing := form.keys() - value.keys() - _OPTIONAL:
        raise BundleError(f"{where}: {min(missing)} is missing")
    if unknown := value.keys() - form.keys():
        raise BundleError(f"{where}: unknown key {line(min(unknown), 60)!r}")
    for key, one in value.items():
        _check(one, form[key], f"{where}.{key}")


def _check(value: Any, form: Any, where: str) -> None:
    """Raises BundleError for what has not the form."""
    if isinstance(form, tuple):
        if value is not None:
            _check(value, form[0], where)
    elif isinstance(form, dict):
        _keys(value, form, where)
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise BundleError(f"{where}: a list is expected")
        for number, one in enumerate(value):
            _check(one, form[0], f"{where}[{number}]")
    elif isinstance(form, set):
        if not isinstance(value, str) or value not in form:
            raise BundleError(f"{where}: {line(str(value), 60)!r} is none of {', '.join(sorted(form))}")
    elif form is float:
        if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
            raise BundleError(f"{where}: a number of seconds is expected")
    elif type(value) is not form:
        raise BundleError(f"{where}: {form.__name__} is expected")


def moment(text: str, where: str) -> datetime:
    """The time that stands there. Raises BundleError unless it is ISO 8601 in UTC, whole seconds, with Z."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise BundleError(f"{where}: {line(text, 40)!r} is no time such as 2026-06-30T12:00:00Z") from None


def checked(document: Any) -> dict[str, Any]:
    """The document, if it has the form of its format. Raises BundleError."""
    _check(document, _DOCUMENT, "evidence.json")
    about = document["environment"]
    for name in ("server", "server_kind", "python"):
        if not isinstance(about.get(name), str):
            raise BundleError(f"evidence.json.environment: {name} is missing")
    for name, value in about.items():
        words = value.values() if isinstance(value, dict) else [value]
        if not all(isinstance(word, str) for word in words):
            raise BundleError(f"evidence.json.environment.{line(name, 60)}: texts are expected")
    for name in ("packages", "ci"):
        if not isinstance(about.get(name), dict):
            raise BundleError(f"evidence.json.environment: {name} is missing")
    if about.get("account") and not {"instance", "target", "region", "account_read"} <= about.keys():
        raise BundleError("evidence.json.environment: the account without instance, target, region or time")
    for name in ("started", "finished"):
        moment(document[name], f"evidence.json.{name}")
    found: dict[str, Any] = document
    return found
