"""Organisations and entries to attack: every type, amount, currency, visibility and age stands in some row."""

from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from spec import TABLES
from support.ledger import Entry, Organisation, append, entries_of, in_chain_order
from support.rows import add_row
from support.words import Words, contents

ACME, GLOBEX, EMPTY = "org_acme", "org_globex", "org_initech"
_NOW = datetime.now(UTC).replace(microsecond=0)
_AGES = (
    *(datetime(year, 3, 1, 12, 0, tzinfo=UTC) for year in (2009, 2016, 2020, 2023, 2024)),
    *(_NOW - timedelta(days=days) for days in (400, 200, 40, 8)),
    *(_NOW - timedelta(hours=hours) for hours in (30, 3)),
    _NOW - timedelta(minutes=1),
    _NOW + timedelta(days=365),
)
_AMOUNTS = (2500, -2500, 0, 1, -1, 100_000_000, 9_223_372_036_854_775_807, -9_223_372_036_854_775_808, 99, 12_345)
_METADATA: tuple[Any, ...] = (
    {},
    {"donor": "anonymous"},
    {"b": 1, "a": {"nested": [1, 2, {"ключ": "значение"}]}},
    {"amount": "12.50", "note": 'it\'s | a "quote" \\ 🌍'},
    {"imported": True, "source": "legacy", "migration": "2024-01", "test": True},
)


def varied(number: int) -> dict[str, Any]:
    """The contents of the n-th varied entry: any run of 8 shows every type, visibility and currency."""
    return {
        "type": TABLES.values["type"][number % 8],
        "visibility": TABLES.values["visibility"][(number + number // 8) % 4],
        "currency": TABLES.values["currency"][(number + number // 4) % 4],
        "amount": _AMOUNTS[number % len(_AMOUNTS)],
        "metadata": _METADATA[number % len(_METADATA)],
        "created_at": _AGES[min(number, len(_AGES) - 1)],
    }


def add_organisation(conn: psycopg.Connection, organisation_id: str) -> Organisation:
    """A new organisation with an empty chain. `conn`: the superuser."""
    add_row(conn, TABLES.organisations, id=organisation_id, name=organisation_id)
    return Organisation(organisation_id)


def add_entries(conn: psycopg.Connection, organisation: Organisation, contents: list[dict[str, Any]]) -> Organisation:
    """Append an honest chain of entries with these contents, one transaction each.

    An entry whose content the candidate refuses is written plainly: that it takes every content is a guarantee of its own.
    """
    for content in contents:
        entry: Entry = organisation.next(**content)
        try:
            with nullcontext() if conn.info.transaction_status == TransactionStatus.IDLE else conn.transaction():
                append(conn, entry)
        except psycopg.Error:
            entry = organisation.next(id=content["id"])
            append(conn, entry)
        organisation = organisation.grown(entry)
    return organisation


def sow(conn: psycopg.Connection) -> None:
    """Two organisations with entries, funds and transactions, and one with nothing. `conn`: the superuser.

    Raises psycopg.Error if the candidate refuses honest rows.
    """
    acme, globex = (add_organisation(conn, name) for name in (ACME, GLOBEX))
    add_organisation(conn, EMPTY)
    add_entries(conn, acme, [{"id": f"led_acme{number:02d}", **varied(number)} for number in range(13)])
    add_entries(conn, globex, [{"id": f"led_globex{number:02d}", **varied(number)} for number in (1, 6, 11)])


def sow_strange(conn: psycopg.Connection, found: Words) -> None:
    """Entries that the candidate's own words single out, as far as it takes them, and organisations of two entries and of
    many. `conn`: the superuser, in a database that `sow` filled."""
    long = add_organisation(conn, "org_hooli")
    add_entries(conn, long, [{"id": f"led_hooli{number:02d}", **varied(number)} for number in range(2, 27)])
    pair = add_organisation(conn, "org_pair")
    add_entries(conn, pair, [{"id": f"led_pair{number}", **varied(number + 3)} for number in range(2)])
    strange = add_organisation(conn, "org_strange")
    for content in contents(found):
        entry = strange.next(**content)
        with suppress(psycopg.Error):
            append(conn, entry)
            strange = strange.grown(entry)
    for number, word in enumerate(found.literals):
        entry = strange.next(id=f"{word[:16]}{number}")
        with suppress(psycopg.Error):
            append(conn, entry)
            strange = strange.grown(entry)
        with suppress(psycopg.Error), conn.transaction():
            append(conn, add_organisation(conn, f"{word[:16]}{number}").next())


def sow_isolated(conn: psycopg.Connection) -> None:
    """Funds and transactions for both organisations. `conn`: the superuser. Raises psycopg.Error."""
    for organisation in (ACME, GLOBEX):
        name = organisation.removeprefix("org_")
        for number in (1, 2):
            add_row(conn, "funds", id=f"fund_{name}{number}", organisation_id=organisation)
            add_row(
                conn,
                "transactions",
                id=f"txn_{name}{number}",
                organisation_id=organisation,
                fund_id=f"fund_{name}{number}",
            )


def known(conn: psycopg.Connection, organisation_id: str) -> Organisation:
    """The organisation as it stands in the database. Raises psycopg.Error, or ValueError if its entries are no chain."""
    return Organisation(organisation_id, tuple(in_chain_order(entries_of(conn, organisation_id))))
