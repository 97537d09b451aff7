"""Up, a look at the models, down, and up again, on a server of its own."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from spec import TABLES
from support.catalog import columns, tables
from support.migrations import Project, failure, run
from support.rds_like import DATABASE
from support.rehearsal import catalog_of, differing, versions
from support.revisions import Revision
from support.server import Server

Connection = psycopg.Connection[Any]
_TABLES: Final = 3  # of which a column's type is changed, until that is noticed
# How a migration says no, in words of its own: RAISE EXCEPTION, or an exception that no driver raised.
_OWN_WORDS: Final = re.compile(r"\b(RaiseError|RaiseException)\b")
_DRIVERS: Final = re.compile(r"sqlalchemy\.exc\.|psycopg2?\.|asyncpg\.|pg8000\.")


@dataclass(frozen=True)
class RoundTrip:
    """What was found on the way; None for what could not be looked at."""

    failed: str = ""  # why the database could not be brought to the newest revision
    versions: tuple[str, ...] = ()  # that it was at then
    drift: str | None = None  # what `alembic check` says of the models; empty for nothing
    type_noticed: bool | None = None  # whether it says something else after a column's type was changed
    type_changed: str = ""  # that column, as words
    refused_at: str = ""  # the revision whose downgrade says no
    down: str = ""  # why a downgrade failed otherwise
    differences: tuple[str, ...] = ()  # between the catalog after up, and after up, down and up


class _Trip:
    """The database on its way."""

    def __init__(self, project: Project, server: Server, admin: Connection, history: Sequence[Revision]) -> None:
        self._project, self._server, self._admin, self._history = project, server, admin, history

    def alembic(self, *words: str) -> tuple[bool, str]:
        """Whether the command ended well, and all it printed."""
        done = run(self._project, self._server, words)
        return done.returncode == 0, done.stdout + done.stderr

    def why(self, output: str) -> str:
        """What Alembic printed, as one line without passwords."""
        return failure(self._project, self._server, output)

    def models(self) -> dict[str, Any]:
        """What `alembic check` finds, and whether it notices that a column's type is another."""
        well, output = self.alembic("check")
        if "invalid choice" in output:
            return {}
        seen: dict[str, Any] = {"drift": "" if well else self.why(output)}
        if "MetaData" in seen["drift"]:  # there are no models to compare with
            return seen
        for what, there, back in itertools.islice(
            _type_changes(self._admin), _TABLES
        ):  # one may be excluded on purpose
            self._admin.execute(there)
            noticed, more = self.alembic("check")
            self._admin.execute(back)
            told = "" if noticed else self.why(more)
            seen |= {"type_noticed": told != seen["drift"], "type_changed": what}
            if seen["type_noticed"]:
                break
        return seen

    def down(self) -> dict[str, Any]:
        """As far down as the migrations go; where one of them says no in its own words, down to that one."""
        well, output = self.alembic("downgrade", "base")
        if well:
            return {}
        refusing = _refusing(output, self._history)
        if not refusing:
            return {"down": self.why(output)}
        well, output = self.alembic("downgrade", refusing.id)
        return {"refused_at": refusing.id} if well else {"refused_at": refusing.id, "down": self.why(output)}


def _refusing(output: str, history: Sequence[Revision]) -> Revision | None:
    """The revision whose downgrade said no in words of its own."""
    errors = [line for line in output.splitlines() if re.match(r"[\w.]+(Error|Exception|Exit)\b", line)]
    if not errors or (_DRIVERS.match(errors[-1]) and not _OWN_WORDS.search(errors[-1])):
        return None
    frames = re.findall(r'File "([^"]+)", line \d+', output)
    by_path = {revision.path: revision for revision in history}
    found = [by_path[path] for path in frames if path in by_path]
    return found[-1] if found else None


def _type_changes(admin: Connection) -> Iterator[tuple[str, sql.Composed, sql.Composed]]:
    """A column of each empty table that can be given another type: in words, there, and back."""
    for table in sorted(tables(admin) & set(TABLES.names), key=lambda name: name != TABLES.ledger):
        for column in columns(admin, table).values():
            if column.type not in ("character varying", "text") or column.filled:
                continue
            alter = sql.SQL("ALTER TABLE {} ALTER COLUMN {} TYPE ").format(
                sql.Identifier("public", table), sql.Identifier(column.name)
            )
            there = alter + sql.SQL("integer USING 0")
            length = f"({column.length})" if column.length else ""
            back = alter + sql.SQL(f"{column.type}{length} USING NULL")
            try:
                with admin.transaction():
                    admin.execute(there)
                    admin.execute(back)
                    raise psycopg.Rollback
            except psycopg.Error:
                continue
            yield f"{table}.{column.name} is an integer", there, back
            break


def there_and_back(project: Project, server: Server, history: Sequence[Revision]) -> RoundTrip:
    """The whole way, from an empty database. Raises CandidateError if Alembic cannot be run at all."""
    with server.connect(server.superuser, DATABASE) as admin:
        trip = _Trip(project, server, admin, history)
        well, output = trip.alembic("upgrade", "heads")
        if not well:
            return RoundTrip(failed=trip.why(output))
        first, seen = catalog_of(admin), dict[str, Any](versions=versions(admin))
        seen |= trip.models()
        seen |= trip.down()
        if not seen.get("down"):
            well, output = trip.alembic("upgrade", "heads")
            if well:
                seen["differences"] = differing(first, catalog_of(admin))
            else:
                seen["down"] = f"what it left cannot be upgraded again: {trip.why(output)}"
        return RoundTrip(**seen)
