"""The report of a recovery drill, for auditors: JSON for programs, Markdown for people, of one content."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from evidence.record import VERSION, commit, environment, utc
from spec import GUARANTEES, SPEC_SHA256
from support.crash import Crash
from support.recovery.archive import PERIOD
from support.recovery.checks import times_of
from support.recovery.drill import Drill
from support.recovery.times import LOG_GIGABYTES, RPO, RTO, lost_seconds
from support.refusals import BrokenError
from support.subject import Subject

FORMAT: Final = "amply-compliance-drill/1"
ROOT: Final = Path(__file__).parents[1]
EXTRAPOLATION: Final = (
    "An extrapolation, not a measurement: the rates of this drill, on the machine that held it, times the largest storage of "
    "the design document, all of it taken for the ledger; by processor time, the audit by that of its busier side in one "
    f"process; {LOG_GIGABYTES} GB of log to replay are assumed. RDS restores from a snapshot in its own way and time: only "
    "the drill on the live account (docs/live.md) measures that."
)
LOSS: Final = (
    f"Here a segment of the log is archived at the latest every {PERIOD} s, on RDS every 5 minutes: what is lost is what was "
    "written since, in either case."
)


def measured(drill: Drill) -> dict[str, Any]:
    """The figures of the drill: seconds, bytes and entries."""
    found: dict[str, Any] = {
        "entries_before": len(drill.before),
        "transactions": len(drill.attempts),
        "backup": {"bytes": drill.backup_bytes, "seconds": round(drill.backup_seconds, 3)},
        "bytes_per_entry": round(drill.entry_bytes),
        "target": utc(datetime.fromtimestamp(drill.target, UTC)),
        "disaster": utc(datetime.fromtimestamp(drill.disaster, UTC)),
        "restores": {
            name: {
                "seconds_to_first_answer": round(one.seconds, 3),
                "seconds_copying": round(one.copying, 3),
                "entries": len(one.entries),
                "audit": {
                    "seconds": round(one.audit.seconds, 3),
                    "entries": one.audit.entries,
                    "intact": one.audit.intact,
                },
                "seconds_to_verified": round(one.seconds + one.audit.seconds, 3),
            }
            for name, one in drill.restores.items()
        },
        "failed": drill.failed,
    }
    if "latest" in drill.restores:
        seconds, entries = lost_seconds(drill)
        found["lost"] = {"seconds": round(seconds, 3), "entries": entries, "archive_period": PERIOD, "note": LOSS}
    return found


def report(
    subject: Subject, started: datetime, drill: Drill, crashes: list[Crash], observed: dict[str, list[str]]
) -> dict[str, Any]:
    """The whole content. `observed`: what breaks each promise, by id."""
    try:
        times: dict[str, Any] = {**times_of(drill).as_dict(), "note": EXTRAPOLATION}
    except BrokenError as error:
        times = {"failed": str(error)}
    now = datetime.now(UTC)
    return {
        "format": FORMAT,
        "verdict": "broken" if any(observed.values()) else "kept",
        "started": utc(started),
        "finished": utc(now),
        "seconds": round((now - started).total_seconds(), 1),
        "suite": {"version": VERSION, "commit": commit(ROOT), "spec_sha256": SPEC_SHA256},
        "candidate": {
            "kind": subject.kind,
            "sources": [{"path": str(one.path), "sha256": one.sha256} for one in subject.sources],
        },
        "environment": environment(server=subject.server.version, server_kind=subject.server.kind),
        "objectives": {"rto_seconds": RTO, "rpo_seconds": RPO},
        "measured": measured(drill),
        "extrapolated": times,
        "crashes": [
            {
                "way": one.way,
                "acknowledged": one.acknowledged,
                "in_doubt": one.in_doubt,
                "seconds": round(one.seconds, 3),
            }
            for one in crashes
        ],
        "guarantees": [
            {
                "id": id_,
                "says": GUARANTEES[id_].says,
                "source": GUARANTEES[id_].source,
                "verdict": "broken" if wrong else "kept",
                "observed": wrong,
                "remedy": GUARANTEES[id_].remedy,
            }
            for id_, wrong in sorted(observed.items())
        ],
    }


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> list[str]:
    lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in (head, *rows)]
    return [lines[0], "|" + " --- |" * len(head), *lines[1:], ""]


def markdown(content: dict[str, Any]) -> str:
    """The report for people; nothing in it that is not in the JSON."""
    told, times = content["measured"], content["extrapolated"]
    lines = [
        f"# Recovery drill: {content['verdict']}",
        "",
        f"{content['started']} to {content['finished']}, {content['seconds']} s, on {content['environment']['server']}; "
        f"suite {content['suite']['commit'] or content['suite']['version']}.",
        "",
        *_table(
            ("", "guarantee", "observed"),
            [(one["id"], one["says"], "; ".join(one["observed"]) or "kept") for one in content["guarantees"]],
        ),
        "## Measured",
        "",
        f"{told['entries_before']} entries, {told['transactions']} transactions of concurrent writers; a backup of "
        f"{told['backup']['bytes']:,} bytes in {told['backup']['seconds']} s. Target {told['target']}, disaster "
        f"{told['disaster']}: server killed, data directory removed.",
        "",
        *_table(
            ("restore", "entries", "copied", "answers after", "audit", "verified after"),
            [
                (
                    name, one["entries"], f"{one['seconds_copying']} s", f"{one['seconds_to_first_answer']} s",
                    "intact" if one["audit"]["intact"] else "NOT intact", f"{one['seconds_to_verified']} s",
                )
                for name, one in told["restores"].items()
            ],
        ),
        *[f"- {name}: {why}" for name, why in told["failed"].items()],
    ]  # fmt: skip
    if lost := told.get("lost"):
        lines += [f"Lost: {lost['entries']} entries, {lost['seconds']} s before the disaster. {lost['note']}", ""]
    lines += ["## Extrapolated", ""]
    if "failed" in times:
        lines += [times["failed"], ""]
    else:
        shown = [(name, f"{times[name]:,} s") for name in ("copying", "replaying", "redirecting", "auditing", "total")]
        lines += [f"To {times['gigabytes']} GB, {times['entries']:,} entries, against {RTO:,} s. {times['note']}", ""]
        lines += _table(("", "about"), [*shown])
    counted = [
        (n, one["way"], one["acknowledged"], one["in_doubt"], one["seconds"])
        for n, one in enumerate(content["crashes"], 1)
    ]
    lines += ["## Crashes", "", *_table(("", "killed", "acknowledged", "in doubt", "back after (s)"), [*counted])]
    return "\n".join(lines)
