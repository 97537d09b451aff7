"""python -m tools.drill: a backup, a disaster, the way back, an audit of what came back; and crashes. Writes a report."""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg

from support.acquire import acquire
from support.binaries import NoServerError
from support.candidate import CandidateError
from support.crash import TIMES, Crash, crashes
from support.recovery.drill import ENTRIES, rehearse
from support.recovery.servers import STREAMING, Site
from support.recovery.verdicts import CRASHES, of_a_drill, of_crashes
from support.redaction import redacted
from support.refusals import BrokenError, said
from support.subject import Subject, prepare
from tools.drill_report import markdown, report
from tools.steps import Parser, Progress

KEPT, BROKEN, INTERRUPTED, USAGE, NO_SERVER, NO_CANDIDATE = 0, 1, 2, 4, 10, 11
REFERENCE: Final = Path(__file__).parents[1] / "candidates" / "reference"


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m tools.drill",
        description="Hold a recovery drill on disposable servers of this machine: base backup and archive of the log, writers "
        "at work, server killed and data directory removed, restores, audits, attacks; then crashes. It asks what the tests "
        "of REC-01 to REC-09 ask (pytest -m operations), and writes what it measured. Exit codes: 0 kept, 1 broken, "
        "2 interrupted, 4 usage, 10 no usable PostgreSQL 15, 11 the candidate cannot be applied.",
    )
    parser.add_argument(
        "--schema",
        metavar="PATH",
        action="append",
        type=Path,
        help="the candidate, repeatable (default: candidates/reference)",
    )
    parser.add_argument(
        "--server", choices=("auto", "wheel", "local"), default="auto", help="as for pytest (default: auto)"
    )
    parser.add_argument(
        "--evidence", metavar="DIR", type=Path, help="write drill.json and drill.md into this directory"
    )
    parser.add_argument(
        "--entries", metavar="N", type=int, default=ENTRIES, help=f"of the longest chain (default: {ENTRIES})"
    )
    parser.add_argument(
        "--crashes", metavar="N", type=int, default=TIMES, help=f"how many, 3 or more (default: {TIMES})"
    )
    return parser


def _held(subject: Subject, started: datetime, given: argparse.Namespace, tell: Progress) -> int:
    with Site(subject.server) as site:
        drill = rehearse(site, subject, tell, given.entries)
        tell("what came back is judged")
        observed = of_a_drill(drill)
        machine, seen = None, list[Crash]()
        try:
            machine, seen = crashes(site, subject, given.crashes, tell)
            observed[CRASHES] = of_crashes(machine, seen)
        except BrokenError as error:
            observed[CRASHES] = [str(error)]
        content = report(subject, started, drill, seen, observed)
    if given.evidence:
        (given.evidence / "drill.json").write_text(redacted(json.dumps(content, indent=1)) + "\n", encoding="utf-8")
        (given.evidence / "drill.md").write_text(redacted(markdown(content)), encoding="utf-8")
    for one in content["guarantees"]:
        print(f"{one['verdict']:8} {one['id']}  {one['says']}")
        for wrong in one["observed"]:
            print(f"         observed  {redacted(wrong)[:600]}")
    total, lost = content["extrapolated"].get("total"), content["measured"].get("lost", {})
    if total is not None:
        print(f"extrapolated to {content['extrapolated']['gigabytes']} GB: verified after about {total / 3600:.1f} h")
    print(f"lost: {lost.get('entries', '?')} entries of the last {lost.get('seconds', '?')} s")
    print(f"verdict: {content['verdict']}")
    return KEPT if content["verdict"] == "kept" else BROKEN


def _said(line: str, code: int) -> int:
    sys.stderr.write(redacted(line) + "\n")
    return code


def main(words: Sequence[str] | None = None) -> int:
    """The command. Returns the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        given = _parser().parse_args(words)
    except argparse.ArgumentError as error:
        return _said(f"python -m tools.drill: {error.message}", USAGE)
    missing = [path for path in given.schema or () if not path.exists()]
    if missing or given.crashes < 3 or given.entries < 1:
        what = (
            f"--schema {missing[0]}: no such file or directory"
            if missing
            else "--crashes is 3 or more, --entries 1 or more"
        )
        return _said(f"python -m tools.drill: {what}", USAGE)
    started, tell = datetime.now(UTC), Progress()
    try:
        if given.evidence:
            given.evidence.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return _said(f"python -m tools.drill: --evidence {given.evidence}: {error.strerror}", USAGE)
    try:
        tell("a server with the candidate")
        lease = acquire(given.server, settings=STREAMING)
        try:
            subject = prepare(lease.server, given.schema or [REFERENCE], [])
            return _held(subject, started, given, tell)
        finally:
            lease.close()
    except NoServerError as error:
        return _said(f"no usable PostgreSQL 15: {error}", NO_SERVER)
    except CandidateError as error:
        return _said(f"the candidate cannot be applied: {error}", NO_CANDIDATE)
    except BrokenError as error:
        return _said(f"the drill cannot be held: {error}", BROKEN)
    except psycopg.Error as error:
        return _said(f"the drill cannot be held: {said(error)}", BROKEN)
    except OSError as error:
        return _said(f"no report was written: {error}", USAGE)
    except KeyboardInterrupt:
        return _said("interrupted: nothing was concluded", INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
