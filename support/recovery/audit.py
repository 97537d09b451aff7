"""The integrity check of a recovery drill: the audit of a restored ledger, as the read-only user, and what it costs."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import psycopg

from audit.audit import Result, audit
from audit.findings import Finding
from audit.postgres import Connection, Database, connect
from audit.source import SourceError
from spec import READONLY
from support.rds_like import DATABASE
from support.recovery.machine import Machine
from support.refusals import BrokenError, said

_AUDITS: Final = 5  # measured together: the kernel counts processor time in hundredths of a second
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


class _OfSome(Database):
    """The entries of these organisations, for a login that reads organisation by organisation; else the whole ledger."""

    def __init__(self, conn: Connection, organisations: list[str]) -> None:
        super().__init__(conn)
        self._some = organisations

    def _organisations(self) -> list[str]:
        return self._some


def seconds_an_entry(machine: Machine, long: str, empty: str) -> float:
    """What another entry costs the audit: processor time of the busier side, client or server, which work side by side.

    Measured between two organisations, so that what an audit costs anyway is not counted again for each entry.
    Raises BrokenError if the ledger cannot be examined.
    """
    sums = {long: [0, 0.0, 0.0], empty: [0, 0.0, 0.0]}
    for name in [long, empty] * _AUDITS:
        one = audited(machine, partial(_audit_of, name))
        if one.unexamined:
            raise BrokenError(one.unexamined)
        for place, more in enumerate((one.entries, one.client, one.server)):
            sums[name][place] += more
    entries = sums[long][0] - sums[empty][0]
    if entries <= 0:  # it sees the whole ledger either way
        return max(sums[long][1:]) / max(sums[long][0], 1)
    return max(there - here for there, here in zip(sums[long][1:], sums[empty][1:], strict=True)) / entries


def _audit_of(name: str, conn: Connection) -> Result:
    return audit(_OfSome(conn, [name]))


def spent(pid: int, *, children: bool = False) -> float:
    """Processor time of a process of this machine, in seconds; `children`: with that of those that it has waited for."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, parts[11 : 15 if children else 13])) * _TICK


def audited(machine: Machine, check: Callable[[Connection], Result] | None = None) -> Audited:
    """Audit the ledger there. Never raises for what the ledger holds."""
    begun, own = time.monotonic(), time.thread_time()
    try:
        with closing(connect(machine.server.dsn(READONLY, DATABASE))) as conn:
            pid = conn.info.backend_pid
            result = check(conn) if check else audit(Database(conn))
            server = spent(pid)
    except SourceError as error:
        return Audited(unexamined=str(error))
    except psycopg.Error as error:
        return Audited(unexamined=f"the ledger cannot be read: {said(error)}")
    seconds = time.monotonic() - begun, time.thread_time() - own, server
    return Audited(result.entries, result.heads, tuple(result.findings.kept), result.intact, "", *seconds)
