"""A ledger in PostgreSQL: read only, one snapshot, streamed."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from audit import queries
from audit.batch import Batch
from audit.classify import Linked
from audit.rows import batches
from audit.source import SourceError, Unit

Connection = psycopg.Connection[Any]
_OPTIONS: Final = {
    "default_transaction_read_only": "on",
    "default_transaction_isolation": "repeatable\\ read",
    "row_security": "off",  # what would be filtered is an error, not a shorter ledger
    **{"TimeZone": "UTC", "DateStyle": "ISO", "client_encoding": "UTF8", "search_path": "pg_catalog"},
    **{"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"},
}
_UNIT: Final = 16384  # pages, 128 MB: what is read again at most after a kill


def connect(dsn: str, lock_timeout: str = "5s") -> Connection:
    """A read-only session; `dsn` in libpq's or SQLAlchemy's spelling. Raises SourceError, without the DSN."""
    dsn = re.sub(r"^postgres(?:ql)?(?:\+\w+)?://", "postgresql://", dsn)
    dsn = re.sub(r"([?&])ssl=", r"\1sslmode=", dsn)
    options = " ".join(f"-c {name}={value}" for name, value in {**_OPTIONS, "lock_timeout": lock_timeout}.items())
    try:
        return psycopg.connect(dsn, options=options, application_name="amply-audit", connect_timeout=10)
    except psycopg.OperationalError as error:
        problem = f"the database cannot be reached: {' '.join(str(error).split())}"
    except psycopg.Error:
        problem = "no connection string such as postgresql://user@host/amply?sslmode=require"
    raise SourceError(problem)


@dataclass(frozen=True)
class Place:
    """Where another process finds the same ledger in the same snapshot."""

    dsn: str
    snapshot: str

    def open(self) -> "Database":
        """A session of its own. Raises SourceError."""
        conn = connect(self.dsn)
        with _explained():
            conn.execute(f"SET TRANSACTION SNAPSHOT '{self.snapshot}'".encode())
        return Database(conn, self.dsn)


@contextmanager
def _explained() -> Iterator[None]:
    """What the server says, in one line. Raises SourceError."""
    try:
        yield
    except psycopg.Error as error:
        said = " ".join(str(error.diag.message_primary or error).split())
    else:
        return
    raise SourceError(f"the ledger cannot be read: {said}")


class Database:
    """The ledger as one snapshot shows it."""

    def __init__(self, conn: Connection, dsn: str = "") -> None:
        self._conn, self._dsn = conn, dsn
        self._each = not self._sees_everything()

    def _sees_everything(self) -> bool:
        """Whether row security leaves this login the whole ledger; else it is read organisation by organisation.

        The snapshot of the whole audit is taken here.
        """
        with _explained():
            self._conn.execute("SELECT")
            try:
                with self._conn.transaction():
                    self._conn.execute(f"SELECT FROM {queries.TABLE} LIMIT 1")
            except psycopg.errors.InsufficientPrivilege as error:
                if "row-level security" not in str(error) and "row security" not in str(error):
                    raise
                return False
        return True

    def _ask(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with _explained():
            return self._conn.execute(query.encode(), parameters or None).fetchall()

    def close(self) -> None:
        """End the session."""
        self._conn.close()

    def place(self) -> Place:
        """What another process opens to see the same. Raises SourceError."""
        return Place(self._dsn, self._ask("SELECT pg_export_snapshot()")[0][0])

    def estimate(self) -> int:
        """About how many entries there are, by the statistics; 0 if unknown."""
        return int(self._ask(queries.ESTIMATE)[0][0] or 0)

    def fingerprint(self) -> str:
        """The database, and the files in which the ledger lies: a rewritten table has other pages."""
        return str(self._ask(queries.FILES)[0][0])

    def organisations(self) -> list[str]:
        """Every organisation, with and without entries."""
        return [one for (one,) in self._ask("SELECT id FROM public.organisations ORDER BY id")]

    def units(self, parts: int, *, small: bool) -> list[Unit]:
        """At least `parts` ranges of pages (if there are as many), or the whole; each organisation if row security binds."""
        if self._each:
            return [("organisation", one) for one in self.organisations()]
        if parts == 1 and not small:
            return [("all",)]
        pages = int(self._ask(queries.PAGES)[0][0])
        size = max(1, min(_UNIT, -(-pages // (8 * parts))))
        starts = range(0, max(pages, 1), size)
        return [("pages", start, start + size if start != starts[-1] else None) for start in starts]

    def batches(self, unit: Unit) -> Iterator[Batch]:
        """The entries of a unit. Raises SourceError."""
        where = ""
        match unit:
            case ("organisation", organisation) if self._each:
                self._enter(str(organisation))
            case ("organisation", organisation):
                where = f"WHERE organisation_id = {_literal(str(organisation))}"
            case ("pages", start, end):
                where = f"WHERE ctid >= '({start},0)'" + (f" AND ctid < '({end},0)'" if end is not None else "")
        with _explained():
            yield from batches(self._conn, f"SELECT {queries.COLUMNS} FROM {queries.TABLE} {where}")

    def after(self, heads: Sequence[tuple[str, str | None]]) -> Iterator[Batch]:
        """The entries that follow these heads, by organisation; of None, all from the first on. Raises SourceError."""
        for group in self._groups(heads):
            organisations, hashes = (", ".join(map(_literal, names)) for names in zip(*group, strict=True))
            with _explained():
                yield from batches(self._conn, queries.AFTER.format(f"ARRAY[{organisations}]", f"ARRAY[{hashes}]"))

    def present(self, heads: Sequence[tuple[str, str]]) -> set[str]:
        """The organisations that have an entry with this hash. Raises SourceError."""
        return {
            name
            for group in self._groups(heads)
            for (name,) in self._ask(queries.PRESENT, *map(list, zip(*group, strict=True)))
        }

    def _groups(self, heads: Sequence[Any]) -> Iterator[Sequence[Any]]:
        size = 1 if self._each else 1000
        for start in range(0, len(heads), size):
            if self._each:
                self._enter(heads[start][0])
            yield heads[start : start + size]

    def _enter(self, organisation: str) -> None:
        self._ask(
            "SELECT set_config('row_security', 'on', true), set_config('app.current_org_id', %s, true)", organisation
        )

    def links(self, organisations: Sequence[str]) -> Iterator[tuple[str, Linked]]:
        """Every entry of these organisations, for its links, in the same snapshot."""
        for organisation in organisations:
            if self._each:
                self._enter(organisation)
            for row in self._ask(queries.LINKS, organisation):
                yield organisation, Linked(*row)


def _literal(text: str | None) -> str:
    if text is None:
        return "NULL"
    return "'" + text.replace("'", "''") + "'"  # standard_conforming_strings
