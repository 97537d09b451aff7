"""What a run rests on, as report.html tells of it: candidate, suite, environment, and the command that verifies the bundle."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from evidence.inert import line
from evidence.page import number

_NAMES: Final = {
    "server": "Server",
    "server_kind": "Started from",
    "collation": "Collation",
    "account": "AWS account",
    "region": "Region",
    "instance": "Instance",
    "target": "Judged as",
    "account_read": "Account read",
    "account_replayed": "Replayed",
    "live_host": "Database host",
    "live_port": "Database port",
    "live_dbname": "Database",
    "live_user": "Read as",
    "live_checkpoint": "Checkpoint",
    "python": "Python",
}


def commit(document: Mapping[str, Any]) -> tuple[str, bool]:
    """The commit of the suite, and whether it had changes that were not committed."""
    told = document["suite"]["commit"]
    return told.removesuffix("+changes"), told.endswith("+changes")


def command(document: Mapping[str, Any]) -> str:
    """What checks the bundle of this document."""
    plain, changed = commit(document)
    words = ["python -m evidence verify evidence-out --key evidence-key.pub", f"--expect-verdict {document['verdict']}"]
    return " ".join([*words, f"--expect-commit {plain}"] if plain.isalnum() and not changed else words)


def subject(document: Mapping[str, Any]) -> str:
    """What was judged, in a line."""
    candidate, about = document["candidate"], document["environment"]
    if about.get("instance"):
        return f"Instance {about['instance']} ({about['target']}) in {about['region']}"
    paths = [PurePosixPath(source["path"]) for source in candidate["sources"]]
    if not paths:
        return f"Candidate ({candidate['kind']})"
    if len(paths) > 1 and len({path.parent for path in paths}) == 1:
        return f"Candidate {line(str(paths[0].parent), 120)} ({candidate['kind']}, {number(len(paths), 'file')})"
    more = f" and {number(len(paths) - 1, 'more file')}" if len(paths) > 1 else ""
    return f"Candidate {line(str(paths[0]), 120)}{more} ({candidate['kind']})"


def _utc(moment: str) -> str:
    return moment.replace("T", " ").replace("Z", " UTC")


def facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands under the verdict, by name."""
    about, (plain, changed) = document["environment"], commit(document)
    suite = f"{document['suite']['version']} {plain[:12]}{' and changes' if changed else ''}".strip()
    rows = [("Scope", document["scope"]), ("Server", about["server"]), ("Finished", _utc(document["finished"]))]
    rows += [("Took", f"{document['seconds']:.1f} s"), ("Suite", suite)]
    return [(name, value) for name, value in rows if value]


def surroundings(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The environment of the run, by name."""
    about = document["environment"]
    rows = [(name, _utc(document[name.lower()])) for name in ("Started", "Finished")]
    for key, value in about.items():
        if isinstance(value, Mapping):
            rows += [(name, str(one)) for name, one in value.items()]
        elif value:
            rows.append((_NAMES.get(key, key), str(value)))
    return rows
