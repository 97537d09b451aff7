"""The audit of the live ledger: read once, in one read-only transaction of a session of its own."""

from collections.abc import Callable
from contextlib import closing

from psycopg.conninfo import make_conninfo

from audit.audit import Result, audit
from audit.checkpoint import Checkpoint
from audit.findings import Finding
from audit.postgres import Database, connect
from audit.source import SourceError
from support.live_database import LIMITS, conninfo
from support.unread import NotReadError

# What is wrong with an entry by itself, with the links between entries, and with what was recorded of them.
CONTENT = ("hash_mismatch", "invalid_hash", "unreadable")
CHAIN = ("chain_link_broken", "fork", "second_genesis", "no_genesis", "orphan", "duplicate_hash")
RECORD = ("checkpoint_mismatch",)
_MOST = 20  # findings that are shown


def audited(dsn: str, since: Checkpoint | None, tell: Callable[[int, int], None]) -> Result:
    """What the audit saw. `tell`: how many entries were read, of about how many. Raises NotReadError."""
    try:
        with closing(connect(make_conninfo(**conninfo(dsn)), lock_timeout=LIMITS["lock_timeout"])) as conn:
            source = Database(conn)
            about = source.estimate()
            result = audit(source, since=since, tell=lambda entries: tell(entries, about))
    except SourceError as error:
        raise NotReadError(f"the live ledger is not audited: {error}") from None
    return result


def of_kinds(result: Result, kinds: tuple[str, ...]) -> tuple[int, list[Finding]]:
    """How many findings are of these kinds, and those that were kept whole."""
    return sum(result.findings.counts[kind] for kind in kinds), [
        one for one in result.findings.kept if one.kind in kinds
    ]


def shown(count: int, findings: list[Finding]) -> str:
    """The findings, a line each, without control characters; the first ones, and how many there are."""
    lines = [f"{count} findings in the live ledger"]
    for one in findings[:_MOST]:
        line = f"{one.organisation_id} {one.entry_id} {one.kind}: expected {one.expected}, found {one.found}"
        lines.append("".join(sign if sign.isprintable() else " " for sign in line)[:400])
    return "\n".join(lines)
