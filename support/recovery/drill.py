"""The recovery drill: a base backup, an archive of the log, writers at work, a disaster, and the way back from it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg

from spec import APP, READONLY
from support.binaries import NoServerError
from support.catalog_digest import catalog
from support.ledger import Entry, Organisation, append, new_entry, stored
from support.recovery.archive import PERIOD, archiving, recovered
from support.recovery.audit import Audited, audited, spent
from support.recovery.machine import Machine
from support.recovery.servers import Site
from support.recovery.truth import every_entry
from support.recovery.writers import Attempt, Writers
from support.refusals import BrokenError
from support.sowing import ACME, add_organisation
from support.standby import sown
from support.subject import Subject
from support.waiting import wait_for

Connection = psycopg.Connection[Any]
Tell = Callable[[str], None]
ENTRIES: Final = 3_000  # of one organisation, so that the audit has something to be measured by
LONG: Final = "org_long"
WRITING: Final = ("org_writer_1", "org_writer_2", "org_shared", "org_shared")
_AT_ONCE: Final = 1_000
_EACH: Final = 40  # acknowledgements before the target, and after it


@dataclass
class Restored:
    """A server that came out of a restore: every row of the ledger as text, its entries, its audit, its catalog, just then."""

    machine: Machine
    seconds: float  # from the first byte copied to the first answer
    copying: float  # of these, for copying the backup
    copy_work: float  # seconds of processor time for that
    replay_work: float  # and for the server, from its start to its first answer
    rows: list[str]
    entries: dict[str, Entry]
    audit: Audited
    catalog: dict[str, str]


@dataclass
class Drill:
    """What happened. Moments in seconds since 1970; `failed`: why a restore came to nothing, by its name."""

    site: Site
    backup: Path
    archive: Path
    before: dict[str, Entry] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)  # when the backup was taken
    catalog: dict[str, str] = field(default_factory=dict)
    begins: dict[str, dict[str, str]] = field(default_factory=dict)  # settings that a session of each user begins with
    attempts: list[Attempt] = field(default_factory=list)
    target: float = 0.0
    archived: float = 0.0  # what was acknowledged until then stood in the archive before the disaster
    not_archived: str = ""
    disaster: float = 0.0
    entry_bytes: float = 0.0  # with its share of the indexes
    backup_bytes: int = 0
    backup_seconds: float = 0.0
    log_bytes: int = 0  # written between backup and target
    restores: dict[str, Restored] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def restore(self, name: str) -> Restored:
        """One of the restores. Raises BrokenError if it came to nothing."""
        if name in self.failed:
            raise BrokenError(self.failed[name])
        return self.restores[name]

    @property
    def restored(self) -> Restored:
        """What the application goes on with: the point in time, or the backup if that cannot be reached."""
        return self.restore("restored" if "restored" in self.restores else "snapshot")


def shown(moment: float) -> str:
    """The moment as PostgreSQL takes it."""
    return datetime.fromtimestamp(moment, UTC).isoformat(" ", "microseconds")


def settings_of(session: Connection) -> dict[str, str]:
    """What the session could set for itself, and found set. That it may write at all is another promise."""
    query = """SELECT name, setting FROM pg_catalog.pg_settings WHERE context IN ('user', 'superuser') AND name NOT IN
               ('transaction_read_only', 'default_transaction_read_only', 'application_name')"""
    return dict(session.execute(query.encode()).fetchall())


def _filled(subject: Subject, machine: Machine, entries: int) -> None:
    """Entries of every kind, a long chain, and organisations for the writers. Raises BrokenError."""
    sown(subject, machine)
    admin = machine.admin
    add_organisation(admin, LONG)
    chain, link, moment = list[Entry](), None, datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(entries):
        moment += timedelta(seconds=1)
        chain.append(new_entry(LONG, link, created_at=moment, metadata={"number": number, "donor": "anonymous"}))
        link = chain[-1].entry_hash
    for start in range(0, entries, _AT_ONCE):
        append(admin, *chain[start : start + _AT_ONCE])
    for name in dict.fromkeys(WRITING):
        add_organisation(admin, name)
    admin.execute("ANALYZE public.ledger_entries")


def _written(conn: Connection) -> int:
    row = conn.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint").fetchone()
    assert row is not None
    return int(row[0])


def _archived(admin: Connection) -> str:
    """Wait until all of the log stands in the archive, on a server that is idle. Returns what did not come, if it did not."""
    file = admin.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone()
    assert file is not None

    def there() -> bool:
        row = admin.execute("SELECT last_archived_wal >= %s FROM pg_catalog.pg_stat_archiver", file).fetchone()
        return row == (True,)

    try:
        wait_for(there, f"the segment {file[0]} is not archived, where archive_timeout is to be {PERIOD} s")
    except BrokenError as error:
        admin.execute("SELECT pg_switch_wal()")  # so that the rest of the drill has something to recover from
        wait_for(there, f"the segment {file[0]} is not archived, though it is closed")
        return str(error)
    return ""


def _came(machine: Machine, begun: float, copying: float, copy_work: float) -> Restored:
    seconds = time.monotonic() - begun
    assert machine.running is not None
    replay_work = spent(machine.running.process.pid, children=True)
    admin = machine.admin
    return Restored(
        machine,
        seconds,
        copying,
        copy_work,
        replay_work,
        stored(admin),
        every_entry(admin),
        audited(machine),
        catalog(machine.server),
    )


def rehearse(site: Site, subject: Subject, tell: Tell = lambda _: None, entries: int = ENTRIES) -> Drill:
    """The whole drill. `tell` is called with what is being done; `entries`: of the longest chain.

    Raises NoServerError if a server cannot be started at all, BrokenError if the candidate takes no honest entries.
    """
    tell("a primary with entries")
    archive = site.folder("archive")
    primary = site.primary(settings=archiving(archive))
    _filled(subject, primary, entries)
    drill = Drill(site, Path(), archive)
    drill.before, drill.rows, drill.catalog = every_entry(primary.admin), stored(primary.admin), catalog(primary.server)
    acme = Organisation(ACME)
    drill.begins = {role: settings_of(primary.session(role, acme, plain=True)) for role in (APP, READONLY)}
    tell("a base backup")
    begun, start = time.monotonic(), _written(primary.admin)
    drill.backup = site.base_backup(primary.server, "backup")
    drill.backup_seconds = time.monotonic() - begun
    drill.backup_bytes = sum(file.stat().st_size for file in drill.backup.rglob("*") if file.is_file())
    tell("writers, a known moment, more writing")
    with Writers(primary.server, WRITING) as writers:
        writers.more(_EACH)
        drill.target = time.time()
        drill.log_bytes = _written(primary.admin) - start
        primary.admin.execute("SELECT pg_switch_wal()")  # the target stands in one segment, what comes after in another
        writers.more(_EACH)
    drill.attempts = writers.attempts
    tell("nobody writes, and the archive takes in the log")
    drill.archived, drill.not_archived = time.time(), _archived(primary.admin)
    with Writers(primary.server, WRITING) as writers:
        writers.more(_EACH)
        size = primary.admin.execute(
            """SELECT sum(pg_total_relation_size(relid)) / (SELECT count(*) FROM public.ledger_entries)
               FROM (SELECT relid FROM pg_partition_tree('public.ledger_entries')
                     UNION SELECT 'public.ledger_entries'::regclass) parts"""
        ).fetchone()
        drill.entry_bytes = float(size[0]) if size else 0.0
        tell("the disaster: server killed, data directory gone")
        drill.disaster = time.time()
        site.lose(primary)
    drill.attempts += writers.attempts
    ways: dict[str, dict[str, str]] = {
        "snapshot": {"recovery_target": "immediate"},
        "restored": {"recovery_target_time": shown(drill.target)},
        "latest": {},
    }
    for name, target in ways.items():
        tell(f"a restore: {name} ({', '.join(target.values()) or 'as far as the archive goes'})")
        begun = time.monotonic()
        try:
            machine, copying, work = recovered(site, drill.backup, archive, name, target)
            drill.restores[name] = _came(machine, begun, copying, work)
        except NoServerError as error:
            drill.failed[name] = f"the restore came to nothing: {error}"
    return drill
