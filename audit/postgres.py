"""A ledger in PostgreSQL: read only, one snapshot, streamed with COPY."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import psycopg

from audit.classify import Linked
from audit.entry import Entry
from audit.findings import Findings
from audit.linker import Chain
from audit.stream import follow

Connection = psycopg.Connection[Any]
_COLUMNS: Final = """id, created_at, organisation_id, type, amount, currency, metadata, prev_entry_hash, entry_hash
    FROM public.ledger_entries"""
_OPTIONS: Final = {
    "default_transaction_read_only": "on",
    "default_transaction_isolation": "repeatable\\ read",
    "row_security": "off",  # what would be filtered is an error, not a shorter ledger
    **{"TimeZone": "UTC", "DateStyle": "ISO", "client_encoding": "UTF8", "search_path": "pg_catalog"},
    **{"lock_timeout": "5s", "idle_in_transaction_session_timeout": "0"},
}
_ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class SourceError(Exception):
    """The source cannot be examined; the message says in one line why, and what to do."""


def connect(dsn: str) -> Connection:
    """A read-only session; `dsn` in libpq's or SQLAlchemy's spelling. Raises SourceError, without the DSN."""
    dsn = re.sub(r"^postgres(?:ql)?(?:\+\w+)?://", "postgresql://", dsn)
    dsn = re.sub(r"([?&])ssl=", r"\1sslmode=", dsn)
    options = " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items())
    try:
        return psycopg.connect(dsn, options=options, application_name="amply-audit", connect_timeout=10)
    except psycopg.OperationalError as error:
        problem = f"the database cannot be reached: {' '.join(str(error).split())}"
    except psycopg.Error:
        problem = "no connection string such as postgresql://user@host/amply?sslmode=require"
    raise SourceError(problem)


def _unescaped(field: str) -> str | None:
    if field == "\\N":
        return None
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), field) if "\\" in field else field


def _moment(text: str) -> str:
    """PostgreSQL's ISO form in UTC, as whole seconds."""
    return (
        f"{text[:10]}T{text[11:19]}Z"
        if text[10:11] == " "
        else f"{text.partition(' ')[0]}T{text.partition(' ')[2][:8]}Z"
    )


def parsed(line: bytes) -> Entry:
    """One line of COPY's text format, without its end."""
    fields = line.decode().split("\t")
    if b"\\" in line:
        fields = [_unescaped(field) for field in fields]  # type: ignore[misc]  # only the link may be NULL
    id_, moment, organisation, type_, amount, currency, metadata, link, hash_ = fields
    return Entry(id_, _moment(moment), organisation, type_, amount, currency, metadata, link, hash_)


def _further(tell: Callable[[int], None], before: int, entries: int) -> None:
    tell(before + entries)


class Database:
    """The ledger as one snapshot shows it."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._each = not self._sees_everything()

    def _sees_everything(self) -> bool:
        """Whether row security leaves this login the whole ledger; else it is read organisation by organisation.

        The snapshot of the whole audit is taken here.
        """
        self._conn.execute("SELECT")
        try:
            with self._conn.transaction():
                self._conn.execute("SELECT FROM public.ledger_entries LIMIT 1")
        except psycopg.errors.InsufficientPrivilege as error:
            if "row-level security" not in str(error) and "row security" not in str(error):
                raise SourceError(f"the ledger cannot be read: {error.diag.message_primary}") from None
            return False
        except psycopg.Error as error:
            raise SourceError(f"the ledger cannot be read: {error.diag.message_primary or error}") from None
        return True

    def estimate(self) -> int:
        """About how many entries there are, by the statistics; 0 if unknown."""
        query = """SELECT sum(greatest(reltuples, 0))::bigint FROM pg_class
                   WHERE oid IN (SELECT relid FROM pg_partition_tree('public.ledger_entries')
                                 UNION SELECT 'public.ledger_entries'::regclass)"""
        found = self._conn.execute(query).fetchone()
        return int(found[0] or 0) if found else 0

    @contextmanager
    def _as(self, organisation_id: str) -> Iterator[None]:
        self._conn.execute("SET LOCAL row_security = on")
        self._conn.execute("SELECT set_config('app.current_org_id', %s, true)", [organisation_id])
        yield

    def _organisations(self) -> list[str]:
        return [one for (one,) in self._conn.execute("SELECT id FROM public.organisations ORDER BY id").fetchall()]

    def follow(self, chains: dict[str, Chain], findings: Findings, tell: Callable[[int], None]) -> int:
        """Every entry, in the order of the table's pages."""
        if not self._each:
            return follow(self._copied(), parsed, chains, findings, tell)
        count = 0
        for organisation_id in self._organisations():
            with self._as(organisation_id):
                count += follow(self._copied(), parsed, chains, findings, partial(_further, tell, count))
        return count

    def _copied(self) -> Iterator[bytes | bytearray | memoryview]:
        try:
            with self._conn.cursor().copy(f"COPY (SELECT {_COLUMNS}) TO STDOUT".encode()) as copy:
                yield from copy
        except psycopg.Error as error:  # a damaged page, a session that was ended
            problem = " ".join((error.diag.message_primary or str(error)).split())
            raise SourceError(f"the ledger cannot be read: {problem}") from None

    def links(self, organisation_id: str) -> Iterable[Linked]:
        """Every entry of one organisation, for its links, in the same snapshot."""
        if self._each:
            with self._as(organisation_id):
                return self._linked(organisation_id)
        return self._linked(organisation_id)

    def _linked(self, organisation_id: str) -> list[Linked]:
        query = "SELECT id, prev_entry_hash, entry_hash FROM public.ledger_entries WHERE organisation_id = %s"
        return [Linked(*row) for row in self._conn.execute(query, [organisation_id]).fetchall()]
