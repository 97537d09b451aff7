"""python -m tools.rds_drill: restore the live instance beside itself, audit what came back, delete it; or only say so."""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from audit.audit import Result, audit
from audit.postgres import Database, connect
from audit.source import SourceError
from evidence.record import VERSION, commit, utc
from spec import READONLY
from spec.rds import RDS, TARGETS
from support.recovery.rds import OPERATIONS, DrillAws, Plan, delete, deletion, planned, restore
from support.recovery.times import RTO
from support.redaction import learn, redacted
from support.refusals import said
from support.unread import NotReadError, TargetError
from tools.steps import Parser, Progress

DONE, FOUND, INTERRUPTED, USAGE, UNEXAMINED = 0, 1, 2, 4, 12
FORMAT: Final = "amply-compliance-rds-drill/1"
ROOT: Final = Path(__file__).parents[1]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("say the zone, such as 2026-01-31T12:00:00Z")
    return moment.astimezone(UTC)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m tools.rds_drill",
        description="The recovery drill on the live account: restore the instance to a point in time under another name, audit "
        f"the restored ledger, delete it. Prints the plan and does nothing, unless --execute. It calls {', '.join(OPERATIONS)} "
        "and nothing else, and deletes nothing but what it created, by its tag. Exit codes: 0 done, or the plan, 1 the audit "
        "found something or it took longer than four hours, 2 interrupted, 4 usage, 12 it could not be done.",
    )
    parser.add_argument("--environment", choices=tuple(TARGETS), default="staging", help="default: staging")
    parser.add_argument("--rds-instance", metavar="ID", help="the source (default: the environment's)")
    parser.add_argument(
        "--region", default="", help="default: AWS's own variables and profile, else that of the specification"
    )
    parser.add_argument(
        "--restore-time", metavar="TIME", type=_moment, help="ISO 8601 with zone (default: the latest possible)"
    )
    parser.add_argument("--user", default=READONLY, help=f"who audits; PGPASSWORD is respected (default: {READONLY})")
    parser.add_argument(
        "--sslmode", default="require", choices=("require", "verify-ca", "verify-full"), help="default: require"
    )
    parser.add_argument("--sslrootcert", metavar="FILE", help="RDS's certificates, for verify-full")
    parser.add_argument("--evidence", metavar="DIR", type=Path, help="write rds-drill.json into this directory")
    parser.add_argument("--poll", metavar="S", type=float, default=15.0, help="seconds between two looks (default: 15)")
    parser.add_argument(
        "--execute", action="store_true", help="do it; costs an instance of the source's class meanwhile"
    )
    parser.add_argument(
        "--delete", metavar="ID", help="with --execute: delete what an interrupted drill left, and no more"
    )
    return parser


def _shown(operation: str, parameters: dict[str, Any]) -> str:
    told = json.dumps(parameters, default=lambda value: value.isoformat(), indent=2)
    return f"{operation} " + told.replace("\n", "\n   ")


def _plan(plan: Plan, given: argparse.Namespace) -> None:
    print(f"source {plan.source}, restorable up to {plan.latest:%Y-%m-%dT%H:%M:%SZ}\nthe drill:")
    print("1. " + _shown("RestoreDBInstanceToPointInTime", plan.restore))
    print(f"2. DescribeDBInstances every {given.poll:g} s, until {plan.target} is available")
    print(f"3. python -m audit, as {given.user}, over the restored ledger")
    print("4. " + _shown("DeleteDBInstance", deletion(plan.target)) + "\n   if its tag says that this drill created it")


def _audited(instance: dict[str, Any], given: argparse.Namespace) -> Result:
    """Raises SourceError."""
    at = instance["Endpoint"]
    learn(os.environ.get("PGPASSWORD", ""))
    root = {"sslrootcert": given.sslrootcert} if given.sslrootcert else {}
    dsn = psycopg.conninfo.make_conninfo(
        host=at["Address"],
        port=at["Port"],
        user=given.user,
        dbname=RDS["database"]["name"],
        sslmode=given.sslmode,
        **root,
    )
    try:
        with closing(connect(dsn)) as conn:
            return audit(Database(conn))
    except psycopg.Error as error:
        raise SourceError(f"the restored ledger cannot be read: {said(error)}") from None


def _executed(aws: DrillAws, plan: Plan, given: argparse.Namespace, tell: Progress) -> int:
    started, begun = datetime.now(UTC), time.monotonic()
    try:
        tell(f"restore to {plan.target}")
        instance = restore(aws, plan, tell, given.poll, RTO)
        answered = time.monotonic() - begun
        tell("audit of the restored ledger")
        result = _audited(instance, given)
        verified = time.monotonic() - begun
    finally:
        gone = _deleted(aws, plan, given, tell)
    kept = result.intact and result.entries > 0 and verified <= RTO
    content = {
        "format": FORMAT,
        "verdict": "kept" if kept else "broken",
        "started": utc(started),
        "suite": {"version": VERSION, "commit": commit(ROOT)},
        "source": plan.source,
        "restored": plan.target,
        "restore_time": utc(plan.moment or plan.latest),
        "seconds": {"available": round(answered, 1), "verified": round(verified, 1), "rto": RTO},
        "audit": {
            "entries": result.entries,
            "organisations": len(result.heads),
            "intact": result.intact,
            "findings": [one.as_dict() for one in result.findings.kept],
        },
        "calls": sorted(set(aws.calls)),
    }
    if given.evidence:
        text = redacted(json.dumps(content, indent=1))
        (given.evidence / "rds-drill.json").write_text(text + "\n", encoding="utf-8")
    tell(f"{result.entries} entries of {len(result.heads)} organisations, {len(result.findings.kept)} findings")
    print(f"verdict: {content['verdict']} (verified after {verified / 60:.1f} min, objective {RTO / 60:.0f} min)")
    return UNEXAMINED if not gone else DONE if kept else FOUND


def _deleted(aws: DrillAws, plan: Plan, given: argparse.Namespace, tell: Progress) -> bool:
    """Delete what was restored, whatever came before. Returns whether it is gone; says so if it may not be."""
    try:
        delete(aws, plan.target, tell, given.poll, RTO, plan.token)
    except (TargetError, NotReadError, KeyboardInterrupt) as error:
        again = f"python -m tools.rds_drill --execute --delete {plan.target}"
        sys.stderr.write(f"{plan.target} may still be there, and costs: {redacted(str(error))}; {again}\n")
        return False
    return True


def _said(line: str, code: int) -> int:
    sys.stderr.write(redacted(line) + "\n")
    return code


def main(words: Sequence[str] | None = None) -> int:
    """The command. Returns the exit code."""
    try:
        given = _parser().parse_args(words)
    except argparse.ArgumentError as error:
        return _said(f"python -m tools.rds_drill: {error.message}", USAGE)
    if given.delete and not given.execute:
        return _said("python -m tools.rds_drill: --delete does nothing without --execute", USAGE)
    tell = Progress()
    try:
        if given.evidence:
            given.evidence.mkdir(parents=True, exist_ok=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        aws = DrillAws(given.region, RDS["account"]["region"])
        if given.delete:
            delete(aws, given.delete, tell, given.poll, RTO)
            return DONE
        plan = planned(aws, given.rds_instance or TARGETS[given.environment].instance, given.restore_time)
        _plan(plan, given)
        if not given.execute:
            print("nothing was done; --execute does it")
            return DONE
        return _executed(aws, plan, given, tell)
    except (TargetError, NotReadError, SourceError) as error:
        return _said(f"the drill could not be held: {error}", UNEXAMINED)
    except OSError as error:
        return _said(f"python -m tools.rds_drill: --evidence {given.evidence}: {error.strerror}", USAGE)
    except KeyboardInterrupt:
        return _said("interrupted: nothing was concluded", INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
