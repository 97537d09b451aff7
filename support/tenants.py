"""Rows of the isolated tables, and what a session sees of them."""

from typing import Any

import psycopg
from psycopg import sql

from spec import TABLES, TENANCY
from support.catalog import columns
from support.refusals import BrokenError, undone
from support.rows import made_row

Connection = psycopg.Connection[Any]


def ids(conn: Connection, table: str) -> set[str]:
    """The ids that `conn` sees of public.`table`."""
    query = sql.SQL("SELECT id::text FROM {}").format(sql.Identifier("public", table))
    return {row[0] for row in conn.execute(query)}


def seen(conn: Connection, table: str) -> set[str]:
    """The ids that `conn` sees of public.`table`; an error is a closed door too, and leaves an open transaction usable."""
    try:
        with conn.transaction():
            return ids(conn, table)
    except psycopg.Error:
        return set()


def ids_of(admin: Connection, table: str, organisation_id: str) -> set[str]:
    """The ids that the organisation truly has in public.`table`. `admin`: superuser."""
    query = sql.SQL("SELECT id::text FROM {} WHERE {} = %s").format(
        sql.Identifier("public", table), sql.Identifier(TENANCY.column)
    )
    return {row[0] for row in admin.execute(query, [organisation_id])}


def whole(admin: Connection, table: str) -> list[str]:
    """Every row of public.`table`, as text, in a fixed order. `admin`: superuser."""
    query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier("public", table))
    return sorted(row[0] for row in admin.execute(query))


def changeable(admin: Connection, table: str) -> str:
    """An assignment that a row of public.`table` takes: a column set to itself. `admin`: superuser.

    Attacks use it, so that what refuses them is not a rule about the column. Raises BrokenError if no row takes any.
    """
    found = columns(admin, table)
    for name in (TENANCY.column, *(name for name in found if name not in ("id", TENANCY.column))):
        change = sql.SQL("{column} = {column}").format(column=sql.Identifier(name))
        query = sql.SQL("UPDATE {} SET {}").format(sql.Identifier("public", table), change)
        try:
            with undone(admin):
                touched = admin.execute(query).rowcount
        except psycopg.Error:
            continue
        if touched > 0:
            return change.as_string(admin)
    raise BrokenError(f"no row of {table} can be changed, not even to what it is")


def needs_isolated(admin: Connection, table: str, faults: dict[str, str]) -> None:
    """Raises BrokenError unless the candidate has that table, with an organisation column, filled with honest rows."""
    found = columns(admin, table)
    if not found:
        raise BrokenError(f"the candidate has no table {table}")
    if TENANCY.column not in found:
        raise BrokenError(f"{table} has no column {TENANCY.column}: nothing says whose its rows are")
    if table != TABLES.ledger and "isolated" in faults:
        raise BrokenError(faults["isolated"])


def insertion(admin: Connection, table: str, **given: Any) -> tuple[str, list[Any]]:
    """An INSERT of one honest row into public.`table`, for another session to execute."""
    row = made_row(admin, table, **given)
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier("public", table), names, sql.SQL(", ").join(sql.Placeholder() * len(row))
    )
    return statement.as_string(admin), list(row.values())
