"""Rows in tables whose columns we do not know: what the candidate demands is filled in, by its catalog and known words."""

import itertools
from typing import Any

import psycopg
from psycopg import sql

from spec import TABLES
from support.catalog import ColumnFound, columns, references

_numbers = itertools.count(1)
_BY_TYPE: dict[str, Any] = {
    "boolean": False,
    "json": "{}",
    "jsonb": "{}",
    "uuid": None,  # made for each row
    "date": "2025-01-15",
    "timestamp with time zone": "2025-01-15 12:00:00+00",
    "timestamp without time zone": "2025-01-15 12:00:00",
    "time without time zone": "12:00",
    "interval": "1 day",
    "bytea": b"\x00",
    "inet": "127.0.0.1",
}
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_TEXTS = ("text", "character varying", "character", "citext", "name")


def _enum_label(conn: psycopg.Connection, type_name: str) -> Any:
    query = "SELECT enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = %s::regtype ORDER BY enumsortorder LIMIT 1"
    row = conn.execute(query, [type_name]).fetchone()
    return row[0] if row else None


def _made_up(conn: psycopg.Connection, table: str, column: ColumnFound) -> Any:
    """A value that such a column may take: a known word, else a plain value of its type."""
    number = next(_numbers)
    if column.name in TABLES.vocabulary.get(table, {}):
        return TABLES.vocabulary[table][column.name]
    if column.kind == "e":
        return _enum_label(conn, column.type)
    if column.type == "uuid":
        return f"00000000-0000-4000-8000-{number:012d}"
    if column.type in _BY_TYPE:
        return _BY_TYPE[column.type]
    if column.type in _NUMBERS:
        return number
    if column.type.endswith("[]"):
        return "{}"
    if column.type in _TEXTS:
        if column.name == "email":
            return f"u{number}@example.org"
        text = f"{table[:4]}{number}"
        return text[-column.length :] if column.length else text
    return None


_shapes: dict[tuple[str, int, str], tuple[dict[str, ColumnFound], dict[str, str]]] = {}


def _shape(conn: psycopg.Connection, table: str) -> tuple[dict[str, ColumnFound], dict[str, str]]:
    """The table's columns and references, asked once per server: a run arranges rows a hundred times."""
    key = (conn.info.host, conn.info.port, table)
    if key not in _shapes:
        _shapes[key] = columns(conn, table), references(conn, table)
    return _shapes[key]


def made_row(conn: psycopg.Connection, table: str, **given: Any) -> dict[str, Any]:
    """The columns and values of an honest row of public.`table`.

    Columns in `given` that the candidate does not have are left out; columns it demands are filled in, and rows they
    refer to are added first. `conn`: the superuser.
    """
    found, pointing = _shape(conn, table)
    row = {name: value for name, value in given.items() if name in found}
    for column in found.values():
        if column.name in row or column.filled or not column.not_null:
            continue
        parent = pointing.get(column.name)
        if parent and parent != table:
            row[column.name] = add_row(conn, parent)["id"]
        else:
            row[column.name] = _made_up(conn, table, column)
    return row


def add_row(conn: psycopg.Connection, table: str, **given: Any) -> dict[str, Any]:
    """Insert an honest row into public.`table` and return it, whole. `conn`: the superuser.

    Raises psycopg.Error if the candidate refuses all the same.
    """
    row = made_row(conn, table, **given)
    if not row:
        raise psycopg.errors.UndefinedTable(
            f"the candidate has no table {table} with a column of those that are needed"
        )
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING *").format(
        sql.Identifier("public", table), names, sql.SQL(", ").join(sql.Placeholder() * len(row))
    )
    cursor = conn.execute(statement, list(row.values()))
    assert cursor.description is not None
    returned = cursor.fetchone()
    assert returned is not None
    return dict(zip((field.name for field in cursor.description), returned, strict=True))
