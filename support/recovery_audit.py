"""The integrity check of a recovery drill: the audit of a restored ledger, as the read-only user, and what it costs."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from audit.audit import Result, audit
from audit.findings import Finding
from audit.postgres import Database, SourceError, connect
from spec import READONLY
from support.rds_like import DATABASE
from support.recovery_machine import Machine
from support.refusals import said

_TICK: Final = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Audited:
    """What the audit said, or why it could not say anything; `client`, `server`: seconds of processor time on either side."""

    entries: int = 0
    heads: dict[str, tuple[str | None, int]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    intact: bool = False
    unexamined: str = ""
    seconds: float = 0.0
    client: float = 0.0
    server: float = 0.0

    @property
    def found(self) -> dict[str, str]:
        """The kind of finding, by the entry's id."""
        return {finding.entry_id: finding.kind for finding in self.findings}


def _spent(pid: int) -> float:
    """Processor time of a process of this machine, in seconds."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) * _TICK


def audited(machine: Machine, check: Callable[[Database], Result] | None = None) -> Audited:
    """Audit the ledger there. Never raises for what the ledger holds."""
    begun, own = time.monotonic(), time.thread_time()
    try:
        with closing(connect(machine.server.dsn(READONLY, DATABASE))) as conn:
            pid = conn.info.backend_pid
            result = (check or audit)(Database(conn))
            spent = _spent(pid)
    except SourceError as error:
        return Audited(unexamined=str(error))
    except psycopg.Error as error:
        return Audited(unexamined=f"the ledger cannot be read: {said(error)}")
    seconds = time.monotonic() - begun, time.thread_time() - own, spent
    return Audited(result.entries, result.heads, tuple(result.findings.kept), result.intact, "", *seconds)
