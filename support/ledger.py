"""Ledger entries: build an honest one, append it, read them all. The only INSERT into the ledger in the suite is here."""

import itertools
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from audit import entry_hash
from spec import TABLES

LEDGER = sql.Identifier("public", TABLES.ledger)
# What the application says before it reads the head and appends (public data model). The schema does not rely on it.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('{}'))"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Entry:
    """One ledger entry as the application writes it; `amount` in minor units (cents)."""

    id: str
    organisation_id: str
    type: str
    amount: int
    currency: str
    visibility: str
    metadata: Any
    prev_entry_hash: str | None
    entry_hash: str
    created_at: datetime

    def changed(self, **changes: Any) -> "Entry":
        """The same entry with fields changed; its hash follows unless it is among them."""
        return replace(self, **changes) if "entry_hash" in changes else _hashed(replace(self, **changes))


def _hashed(entry: Entry) -> Entry:
    hashed = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    del hashed["visibility"], hashed["entry_hash"]
    return replace(entry, entry_hash=entry_hash(**hashed))


def new_entry(organisation_id: str, prev_entry_hash: str | None, **changes: Any) -> Entry:
    """An honest entry with an id of its own, following `prev_entry_hash`; any field can be given."""
    entry = Entry(
        id=f"led_{next(_numbers):010d}",
        organisation_id=organisation_id,
        type="donation_received",
        amount=2500,
        currency="EUR",
        visibility="public_full",
        metadata={"donor": "anonymous"},
        prev_entry_hash=prev_entry_hash,
        entry_hash="",
        created_at=datetime.now(UTC),
    )
    return entry.changed(**changes)


@dataclass(frozen=True)
class Organisation:
    """An organisation and its entries, in the order of its chain."""

    id: str
    entries: tuple[Entry, ...] = ()

    @property
    def head(self) -> str | None:
        """The hash of the last entry, None for an empty chain."""
        return self.entries[-1].entry_hash if self.entries else None

    @property
    def entry_ids(self) -> set[str]:
        return {entry.id for entry in self.entries}

    def next(self, **changes: Any) -> Entry:
        """The honest next entry, a second younger than the last."""
        after = self.entries[-1].created_at + timedelta(seconds=1) if self.entries else datetime.now(UTC)
        fields = {"prev_entry_hash": self.head, "created_at": after, **changes}
        return new_entry(self.id, fields.pop("prev_entry_hash"), **fields)

    def grown(self, *entries: Entry) -> "Organisation":
        return replace(self, entries=(*self.entries, *entries))


def values(entry: Entry, omit: Collection[str] = ()) -> dict[str, Any]:
    """The entry's columns and what is written into them, without those in `omit`."""
    row = {field.name: getattr(entry, field.name) for field in fields(Entry) if field.name not in omit}
    if row.get("metadata") is not None:
        row["metadata"] = Jsonb(row["metadata"])
    return row


@lru_cache
def _insert(columns: tuple[str, ...], rows: int, tail: str) -> bytes:
    names = ", ".join(columns)  # the specification's own, all plain identifiers
    one = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO public.{TABLES.ledger} ({names}) VALUES {', '.join([one] * rows)} {tail}".encode()


def insert(rows: Iterable[dict[str, Any]], tail: str = "") -> tuple[bytes, list[Any]]:
    """An INSERT into the ledger of these rows (all with the same columns), and its parameters."""
    rows = list(rows)
    return _insert(tuple(rows[0]), len(rows), tail), [value for row in rows for value in row.values()]


def append(conn: psycopg.Connection, *entries: Entry, omit: Collection[str] = ()) -> None:
    """Append entries in one statement. Raises psycopg.Error if the ledger refuses."""
    conn.execute(*insert([values(entry, omit) for entry in entries]))


def stored(conn: psycopg.Connection) -> list[str]:
    """Every row that `conn` sees of the ledger, whole, as text, in a fixed order."""
    return sorted(row[0] for row in conn.execute(sql.SQL("SELECT e::text FROM {} e").format(LEDGER)))


def fingerprint(conn: psycopg.Connection) -> tuple[Any, ...]:
    """How many rows `conn` sees of the ledger, and a hash over them, whole: for noticing a change."""
    query = sql.SQL("SELECT count(*), sum(hashtextextended(e::text, 0)) FROM {} e").format(LEDGER)
    return tuple(conn.execute(query).fetchone() or ())


def entry_ids(conn: psycopg.Connection) -> set[str]:
    """The ids of the entries that `conn` sees."""
    return {row[0] for row in conn.execute(sql.SQL("SELECT id FROM {}").format(LEDGER))}


def entries_of(conn: psycopg.Connection, organisation_id: str) -> list[Entry]:
    """The organisation's entries as `conn` sees them, unordered; columns that the candidate lacks raise psycopg.Error."""
    columns = sql.SQL(", ").join(sql.Identifier(field.name) for field in fields(Entry))
    query = sql.SQL("SELECT {} FROM {} WHERE organisation_id = %s").format(columns, LEDGER)
    return [Entry(*row) for row in conn.execute(query, [organisation_id])]


def in_chain_order(found: Iterable[Entry]) -> list[Entry]:
    """The entries from the first to the head, by their links. Raises ValueError if they do not form one chain."""
    rest = list(found)
    following = {entry.prev_entry_hash: entry for entry in rest}
    chain: list[Entry] = []
    link: str | None = None
    while link in following:
        chain.append(following.pop(link))
        link = chain[-1].entry_hash
    if len(chain) != len(rest):
        raise ValueError(f"{len(rest)} entries, but the chain from the first one has {len(chain)}")
    return chain
