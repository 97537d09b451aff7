"""Honest rows in tables whose columns we do not know: what the candidate demands is filled in, by its catalog.

What a required column may hold is found in this order: a row that its foreign key can refer to, a documented word, a value
that its own check lists, what its name says, a plain value of its type.
"""

from typing import Any

import psycopg
from psycopg import sql

from spec import TABLES, TENANCY
from support.catalog import columns
from support.foreign_keys import ForeignKey, foreign_keys
from support.made_up import made_up

Connection = psycopg.Connection[Any]
_keys: dict[tuple[str, int, str], list[ForeignKey]] = {}


def _keys_of(conn: Connection, table: str) -> list[ForeignKey]:
    """The table's foreign keys, asked once per server: a run arranges rows a hundred times."""
    key = (conn.info.host, conn.info.port, table)
    if key not in _keys:
        _keys[key] = foreign_keys(conn, table)
    return _keys[key]


def _parent(conn: Connection, key: ForeignKey, row: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    """The columns of a row that the key can refer to, under our names: one that stands there, else a new one.

    What the row holds already, and a documented word, bind the choice.
    """
    pairs = dict(zip(key.columns, key.referenced, strict=True))
    known = {theirs: row[ours] for ours, theirs in pairs.items() if ours in row}
    wished = {theirs: words[ours] for ours, theirs in pairs.items() if ours in words and ours not in row}
    table = sql.Identifier("public", key.table)
    names = sql.SQL(", ").join(map(sql.Identifier, key.referenced))
    for bound in ({**known, **wished}, known) if wished else (known,):
        matches = [
            sql.SQL("{}::text = {}::text").format(sql.Identifier(name), sql.Literal(bound[name])) for name in bound
        ]
        query = sql.SQL("SELECT {} FROM {} WHERE {} LIMIT 1").format(
            names, table, sql.SQL(" AND ").join(matches) if matches else sql.SQL("true")
        )
        if found := conn.execute(query).fetchone():
            return dict(zip(key.columns, found, strict=True))
    if set(pairs) & row.keys() - {TENANCY.column}:
        return {}  # the caller names a row that is not there, and means it
    added = add_row(conn, key.table, **known, **wished)
    return {ours: added[theirs] for ours, theirs in pairs.items()}


def made_row(conn: Connection, table: str, **given: Any) -> dict[str, Any]:
    """The columns and values of an honest row of public.`table`.

    Columns in `given` that the candidate does not have are left out; columns it demands are filled in, and rows they
    refer to are added first where none stands there yet. `conn`: the superuser.
    """
    found, keys = columns(conn, table), _keys_of(conn, table)
    words = dict(TABLES.vocabulary.get(table, {}))
    row = {name: value for name, value in given.items() if name in found}
    demanded = [column for column in found.values() if column.not_null and not column.filled]
    for key in keys:
        missing = {column.name for column in demanded} & set(key.columns) - row.keys()
        if missing and key.table != table:
            parent = _parent(conn, key, row, words)
            row |= {name: value for name, value in parent.items() if name not in row}
    for column in demanded:
        if column.name not in row:
            row[column.name] = made_up(conn, table, column, words.get(column.name))
    return row


def add_row(conn: Connection, table: str, **given: Any) -> dict[str, Any]:
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
