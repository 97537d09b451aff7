"""A primary and a replica that follows it by streaming, how far it is behind, and its promotion."""

from dataclasses import dataclass
from typing import Any, Final

import psycopg

from support.ledger import stored
from support.recovery.machine import Machine
from support.recovery.servers import Site
from support.refusals import BrokenError, said
from support.sowing import sow, sow_isolated
from support.subject import Subject
from support.waiting import wait_for

Connection = psycopg.Connection[Any]
_PATIENCE: Final = 6.0  # seconds until a replica that does not catch up counts as standing still


@dataclass(frozen=True)
class Lag:
    """How far a replica is behind: bytes of log that it has not replayed, and the age in seconds of what it replayed last.

    `seconds` is 0 for one that has replayed all it received: an idle primary makes nobody late.
    """

    bytes: int
    seconds: float
    state: str  # of the connection, in pg_stat_replication's words

    def __str__(self) -> str:
        return f"{self.bytes} bytes and {self.seconds:.1f} s behind ({self.state})"


@dataclass
class Pair:
    """A primary with entries, and its replica."""

    site: Site
    primary: Machine
    replica: Machine
    late: str = ""  # what was said when it did not catch up: nobody waits for it twice

    def lag(self) -> Lag | None:
        """The replica's lag as both sides tell it; None if no replica follows the primary."""
        sent = self.primary.admin.execute(
            """SELECT pg_current_wal_lsn()::text, state FROM pg_catalog.pg_stat_replication
               WHERE application_name = %s""",
            [self.replica.name],
        ).fetchone()
        if sent is None or self.replica.running is None:
            return None
        told = self.replica.admin.execute(
            """SELECT greatest(0, pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn()))::bigint,
                      extract(epoch FROM clock_timestamp()
                      - coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time()))::float8""",
            [sent[0]],
        ).fetchone()
        assert told is not None
        return Lag(told[0] or 0, told[1] if told[0] else 0.0, sent[1])

    def catch_up(self, follower: Machine | None = None) -> None:
        """Wait until everything committed on the primary is replayed. Raises BrokenError with the lag if that does not come."""
        follower = follower or self.replica
        if self.late and follower is self.replica:
            raise BrokenError(self.late)
        # A record of our own: what committed before it, even without waiting for the log, stands before it in the log.
        mark = "SELECT pg_logical_emit_message(true, 'amply-compliance', 'here')::text"
        at = self.primary.admin.execute(mark.encode()).fetchone()
        looking = follower.admin
        assert at is not None

        def there() -> bool:
            row = looking.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [at[0]]).fetchone()
            return row == (True,)

        try:
            wait_for(
                there, lambda: f"the replica has not caught up: {self.lag() or 'none follows the primary'}", _PATIENCE
            )
        except BrokenError as error:
            self.late = str(error)
            raise


def follower(site: Site, primary: Machine, name: str) -> Machine:
    """A standby of `primary`, made from a base backup of it, following under its name. Raises NoServerError."""
    data = site.base_backup(primary.server, f"{name}.data", standby=True)
    return site.start(name, data, {"cluster_name": name})  # what a receiver without another name calls itself


def sown(subject: Subject, machine: Machine) -> None:
    """Organisations, entries, funds and transactions in the candidate's own database.

    Raises BrokenError if the candidate takes no honest rows.
    """
    if fault := subject.faults.get("ledger"):
        raise BrokenError(fault)
    admin = machine.admin
    try:
        sow(admin)
        if "isolated" not in subject.faults:
            sow_isolated(admin)
    except psycopg.Error as error:
        raise BrokenError(f"honest rows cannot be written as superuser: {said(error)}") from None


def pair(site: Site, subject: Subject) -> Pair:
    """A primary of its own, sown, and a replica of it. Raises NoServerError or BrokenError."""
    primary = site.primary()
    sown(subject, primary)
    return Pair(site, primary, follower(site, primary, "replica"))


@dataclass
class Promoted:
    """A replica that was promoted, and every row of the ledger, as text, on it and on its primary just then."""

    machine: Machine
    rows: list[str]
    expected: list[str]


def promote(pair: Pair, machine: Machine) -> Promoted:
    """Make a replica that has caught up a server that is written to. Raises BrokenError if it does not become one."""
    pair.catch_up(machine)
    if machine.admin.execute("SELECT pg_promote(true, 20)").fetchone() != (True,):
        raise BrokenError("the replica was not promoted within 20 s")
    return Promoted(machine, stored(machine.admin), stored(pair.primary.admin))
