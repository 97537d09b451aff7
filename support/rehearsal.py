"""The migrations one by one, on a server of their own: what each makes of the catalog and of a ledger full of entries."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from spec import APP, TABLES
from support import catalog_questions as questions
from support.catalog import tables
from support.ledger_before import changed, fill, is_there, remember, storage
from support.lock_watch import LockWatch
from support.migration_watch import SCHEMA, install, standing, windows
from support.migrations import Project, failure, run
from support.rds_like import DATABASE
from support.refusals import said
from support.revisions import Revision
from support.server import Server

Connection = psycopg.Connection[Any]
Catalog = dict[str, str]
_QUESTIONS: Final = (*questions.TABLES, *questions.FUNCTIONS, *questions.POLICIES, *questions.ROLES)
_MAY_APPEND: Final = f"""SELECT has_any_column_privilege(r.oid, to_regclass('public.{TABLES.ledger}')::oid, 'INSERT')
    FROM pg_catalog.pg_roles r WHERE rolname = '{APP}'"""
_VERSIONS: Final = """SELECT c.oid::regclass::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND a.attnum = 1 AND a.attname = 'version_num' AND c.relnatts = 1 AND c.oid >= 16384 LIMIT 1"""


@dataclass(frozen=True)
class Step:
    """One revision, applied by itself to what the one before left."""

    revision: Revision
    failed: str = ""  # why it could not be applied
    seconds: float = 0.0
    catalog: Catalog = field(default_factory=dict)
    versions: tuple[str, ...] = ()  # that the database says it is at
    entries: int = 0  # that the ledger held while it ran; -1 before there is a ledger
    changed: tuple[str, ...] = ()  # what became of entries
    rewritten: tuple[str, ...] = ()  # parts of the ledger that were written anew
    locked: float = 0.0  # seconds for which appends were kept out
    windows: tuple[str, ...] = ()  # what stood open at a commit within it
    may_append: bool = False  # whether the application may, afterwards
    unfilled: str = ""  # why the ledger that it leaves takes no honest entries


def catalog_of(admin: Connection) -> Catalog:
    """Every object of the candidate, without what the rehearsal itself put there."""
    with admin.transaction():
        admin.execute("SET LOCAL search_path = pg_catalog")
        found = questions.objects(admin, _QUESTIONS, [])
    return {name: text for name, text in found.items() if SCHEMA not in name}


def differing(one: Catalog, other: Catalog) -> tuple[str, ...]:
    """The objects that are not the same in both."""
    return tuple(sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)))


def version_table(admin: Connection) -> str:
    """Alembic's own table, quoted and qualified as it has to be, whatever it is called; empty if there is none."""
    found = admin.execute(_VERSIONS).fetchone()
    return str(found[0]) if found else ""


def versions(admin: Connection) -> tuple[str, ...]:
    """The revisions that the database says it is at."""
    if not (table := version_table(admin)):
        return ()
    return tuple(name for (name,) in admin.execute(f"SELECT version_num FROM {table} ORDER BY 1".encode()).fetchall())


@dataclass(frozen=True)
class Walk:
    """The steps, to the first that fails, and what the downgrades from there did to entries; None if there were none."""

    steps: list[Step]
    lost: tuple[str, ...] | None


def one_by_one(
    project: Project, server: Server, history: Sequence[Revision], entries: int, tell: Callable[[str], None]
) -> Walk:
    """Apply each revision to an empty database; from the one that creates the ledger on it holds `entries` entries.

    `tell` is called with each revision's name. Raises CandidateError if Alembic cannot be run at all.
    """
    steps = list[Step]()
    with server.connect(server.superuser, DATABASE) as admin:
        walk = _Walk(project, server, admin, entries)
        for revision in history:
            tell(f"upgrade to {revision.name}")
            steps.append(walk.step(revision))
            if steps[-1].failed:
                break
        return Walk(steps, walk.down([step.revision for step in steps if not step.failed]))


class _Walk:
    """The database on its way through the revisions."""

    def __init__(self, project: Project, server: Server, admin: Connection, entries: int) -> None:
        self._project, self._server, self._admin, self._wanted = project, server, admin, entries
        self._entries = -1

    def step(self, revision: Revision) -> Step:
        admin, seen = self._admin, dict[str, Any]()
        watching = self._entries > 0 and is_there(admin)  # a revision before may have taken it away: that was told then
        if watching:
            remember(admin)
            files, before = storage(admin), standing(admin)
            windows(admin, before)
        begun = time.monotonic()
        with LockWatch(self._server) as locks:
            done = run(self._project, self._server, ("upgrade", revision.id))
        seen["seconds"] = time.monotonic() - begun
        if done.returncode:
            return Step(revision, failed=failure(self._project, self._server, done.stdout + done.stderr))
        if watching:
            after = storage(admin)
            seen["rewritten"] = tuple(name for name in files if after.get(name, files[name]) != files[name])
            seen["changed"] = tuple(changed(admin, in_place=after == files))
            seen |= {"locked": locks.longest, "windows": tuple(windows(admin, before))}
        seen |= {"entries": self._entries, "catalog": catalog_of(admin), "versions": versions(admin)}
        if TABLES.ledger in tables(admin):
            seen["may_append"] = admin.execute(_MAY_APPEND.encode()).fetchone() == (True,)
            if self._entries < 0:
                seen["unfilled"] = self._fill()
        return Step(revision, **seen)

    def down(self, applied: Sequence[Revision]) -> tuple[str, ...] | None:
        """What becomes of the entries when the revisions are taken back, one by one as far as that goes, then all."""
        if self._entries <= 0 or not is_there(self._admin):
            return None
        remember(self._admin)
        for revision, target in [
            *zip(applied[:0:-1], [one.id for one in applied[-2::-1]], strict=True),
            (None, "base"),
        ]:
            done = run(self._project, self._server, ("downgrade", target))
            if found := changed(self._admin, documented=True):
                return (f"{revision.name if revision else 'to the base'}: {'; '.join(found)}",)
            if done.returncode and revision:
                break  # it says no, or names no way: the whole way down is tried once more
        else:
            return ()
        run(self._project, self._server, ("downgrade", "base"))
        return tuple(changed(self._admin, documented=True))

    def _fill(self) -> str:
        """As soon as there is a ledger that takes entries; why it does not yet."""
        try:
            with self._admin.transaction():
                entry = fill(self._admin, self._wanted)
                install(self._admin, entry)
            count = self._admin.execute(f"SELECT count(*) FROM public.{TABLES.ledger}".encode()).fetchone()
            self._entries = count[0] if count else 0
        except psycopg.Error as error:
            return said(error)
        except (LookupError, ValueError) as error:
            return str(error)
        return ""
