"""Every way to write an append: each takes an open session and one entry."""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from support.ledger import LEDGER, Entry, insert, values

Connection = psycopg.Connection[Any]
Form = Callable[[Connection, Entry], None]


def _columns(row: dict[str, Any]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, row))


def _selected(row: dict[str, Any]) -> sql.Composed:
    """The row as a SELECT whose columns have the ledger's types."""
    casts = [sql.SQL("v.{}").format(sql.Identifier(name)) for name in row]
    return sql.SQL("SELECT {} FROM (SELECT (json_populate_record(NULL::{}, %s)).*) v").format(
        sql.SQL(", ").join(casts), LEDGER
    )


def _as_json(row: dict[str, Any]) -> Any:
    plain = {name: value.obj if hasattr(value, "obj") else value for name, value in row.items()}
    plain["created_at"] = plain["created_at"].isoformat()
    return psycopg.types.json.Json(plain)


def _insert_select(conn: Connection, entry: Entry) -> None:
    row = values(entry)
    query = sql.SQL("INSERT INTO {} ({}) {}").format(LEDGER, _columns(row), _selected(row))
    conn.execute(query, [_as_json(row)])


def _in_with(conn: Connection, entry: Entry) -> None:
    query, parameters = insert([values(entry)], "RETURNING id")
    conn.execute(b"WITH added AS (" + query + b") SELECT id FROM added", parameters)


def _on_conflict(conn: Connection, entry: Entry) -> None:
    if conn.execute(*insert([values(entry)], "ON CONFLICT DO NOTHING")).rowcount == 0:
        raise psycopg.errors.UniqueViolation("INSERT ... ON CONFLICT DO NOTHING left the entry out")


def _merge(conn: Connection, entry: Entry) -> None:
    row = values(entry)
    given = sql.SQL(", ").join(sql.SQL("v.{}").format(sql.Identifier(name)) for name in row)
    query = sql.SQL("MERGE INTO {} e USING ({}) v ON e.id = v.id WHEN NOT MATCHED THEN INSERT ({}) VALUES ({})").format(
        LEDGER, _selected(row), _columns(row), given
    )
    conn.execute(query, [_as_json(row)])


def _through_a_view(conn: Connection, entry: Entry) -> None:
    row = values(entry)
    conn.execute(sql.SQL("CREATE OR REPLACE TEMP VIEW window_on_ledger AS SELECT * FROM {}").format(LEDGER))
    query = sql.SQL("INSERT INTO pg_temp.window_on_ledger ({}) {}").format(_columns(row), _selected(row))
    conn.execute(query, [_as_json(row)])


def _copy(conn: Connection, entry: Entry) -> None:
    row = values(entry)
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(LEDGER, _columns(row))
    with conn.cursor() as cursor, cursor.copy(query) as copy:
        copy.write_row(list(row.values()))


def _prepared(conn: Connection, entry: Entry) -> None:
    query, parameters = insert([values(entry)])
    conn.execute(query, parameters, prepare=True)


def _by_a_trigger(conn: Connection, entry: Entry) -> None:
    query, parameters = insert([values(entry)])
    text = psycopg.ClientCursor(conn).mogrify(query.decode(), parameters)
    conn.execute("CREATE TEMP TABLE IF NOT EXISTS bait (x int)")
    body = f"AS $spring$ BEGIN {text}; RETURN NEW; END $spring$"
    conn.execute(f"CREATE OR REPLACE FUNCTION pg_temp.spring() RETURNS trigger LANGUAGE plpgsql {body}".encode())
    conn.execute(
        "CREATE OR REPLACE TRIGGER spring BEFORE INSERT ON pg_temp.bait FOR EACH ROW EXECUTE FUNCTION pg_temp.spring()"
    )
    conn.execute("INSERT INTO pg_temp.bait VALUES (1)")


def _by_a_definer(conn: Connection, entry: Entry) -> None:
    query, parameters = insert([values(entry)])
    text = psycopg.ClientCursor(conn).mogrify(query.decode(), parameters)
    body = f"SECURITY DEFINER AS $lend$ BEGIN {text}; END $lend$"
    conn.execute(f"CREATE OR REPLACE FUNCTION pg_temp.lend() RETURNS void LANGUAGE plpgsql {body}".encode())
    conn.execute("SELECT pg_temp.lend()")


FORMS: dict[str, Form] = {
    "INSERT ... SELECT": _insert_select,
    "INSERT in a WITH query": _in_with,
    "INSERT ... ON CONFLICT DO NOTHING": _on_conflict,
    "MERGE ... INSERT": _merge,
    "INSERT through a view": _through_a_view,
    "COPY": _copy,
    "a prepared INSERT": _prepared,
    "INSERT by a trigger of another table": _by_a_trigger,
    "INSERT by a SECURITY DEFINER function": _by_a_definer,
}
