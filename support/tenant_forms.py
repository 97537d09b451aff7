"""Every way to read, change and add rows of an isolated table, by name; each takes an open session."""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from support.attacks import prepared_by
from support.refusals import undone

Connection = psycopg.Connection[Any]
Reading = Callable[[Connection, str], set[str]]  # session, table: the ids that come back
Write = Callable[[Connection], int]  # how many rows the server says it touched


def _query(text: str) -> Reading:
    def read(conn: Connection, table: str) -> set[str]:
        return {str(row[0]) for row in conn.execute(text.replace("{t}", f"public.{table}").encode())}

    return read


def _cursor(conn: Connection, table: str) -> set[str]:
    with undone(conn):
        conn.execute(f"DECLARE rows_of SCROLL CURSOR FOR SELECT id FROM public.{table}".encode())
        return {row[0] for row in conn.execute("FETCH ALL FROM rows_of")}


def _copy(source: str) -> Reading:
    def read(conn: Connection, table: str) -> set[str]:
        text = f"COPY {source.replace('{t}', f'public.{table}')} TO STDOUT"
        with conn.cursor() as cursor, cursor.copy(text.encode()) as copy:
            return {row[0] for row in copy.rows()}

    return read


def _view(options: str) -> Reading:
    def read(conn: Connection, table: str) -> set[str]:
        with undone(conn):
            conn.execute(f"CREATE TEMP VIEW window_on_rows {options} AS SELECT * FROM public.{table}".encode())
            return {row[0] for row in conn.execute("SELECT id FROM pg_temp.window_on_rows")}

    return read


def _function(options: str) -> Reading:
    def read(conn: Connection, table: str) -> set[str]:
        with undone(conn):
            conn.execute(
                f"CREATE FUNCTION pg_temp.peek() RETURNS SETOF text LANGUAGE sql {options} "
                f"AS $$ SELECT id::text FROM public.{table} $$".encode()
            )
            return {row[0] for row in conn.execute("SELECT pg_temp.peek()")}

    return read


READINGS: dict[str, Reading] = {
    "SELECT": _query("SELECT e.id FROM {t} e"),
    "a WHERE that is always true": _query("SELECT id FROM {t} WHERE organisation_id = 'org_globex' OR true"),
    "TABLE": _query("SELECT r.id FROM (TABLE {t}) r"),
    "SELECT FROM ONLY and its children": _query("SELECT id FROM {t}*"),
    "WITH": _query("WITH everything AS (SELECT * FROM {t}) SELECT id FROM everything"),
    "a sub-query": _query("SELECT (SELECT i.id FROM {t} i WHERE i.id = o.id) FROM {t} o"),
    "EXISTS": _query("SELECT o.id FROM {t} o WHERE EXISTS (SELECT FROM {t} i WHERE i.organisation_id <> 'org_nobody')"),
    "a join": _query("SELECT r.id FROM (VALUES (1)) v JOIN {t} r ON true"),
    "an outer join of itself": _query("SELECT coalesce(a.id, b.id) FROM {t} a FULL JOIN {t} b ON a.id = b.id"),
    "LATERAL": _query("SELECT l.id FROM (VALUES (1)) v, LATERAL (SELECT id FROM {t}) l"),
    "an aggregate": _query("SELECT unnest(array_agg(id)) FROM {t}"),
    "a window": _query("SELECT first_value(id) OVER (PARTITION BY id) FROM {t}"),
    "UNION": _query("SELECT id FROM {t} UNION ALL SELECT id FROM {t}"),
    "TABLESAMPLE": _query("SELECT id FROM {t} TABLESAMPLE SYSTEM (100)"),
    "the whole row as JSON": _query("SELECT to_jsonb(r) ->> 'id' FROM {t} r"),
    "a query in XML": _query(
        "SELECT unnest(xpath('//id/text()', query_to_xml('SELECT id FROM {t}', true, false, '')))::text"
    ),
    "a cursor": _cursor,
    "COPY TO": _copy("{t} (id)"),
    "COPY of a query": _copy("(SELECT id FROM {t})"),
    "a view of its own": _view(""),
    "a view without a barrier": _view("WITH (security_barrier = false)"),
    "a function of its own": _function(""),
    "a SECURITY DEFINER function of its own": _function("SECURITY DEFINER"),
}


def _one(text: str, *parameters: Any) -> Write:
    def write(conn: Connection) -> int:
        with undone(conn):
            return conn.execute(text.encode(), parameters or None).rowcount

    return write


def updates(table: str, key: str, change: str) -> dict[str, Write]:
    """Every way to write an UPDATE, such as `name = name`, of the row `key` of public.`table`; nothing stays."""
    t = f"public.{table}"
    return {
        "UPDATE": _one(f"UPDATE {t} SET {change} WHERE id = %s", key),
        "UPDATE ... RETURNING": _one(f"UPDATE {t} SET {change} WHERE id = %s RETURNING *", key),
        "UPDATE ... FROM": _one(f"UPDATE {t} SET {change} FROM (VALUES (%s)) v (key) WHERE id = v.key", key),
        "UPDATE in WITH": _one(f"WITH u AS (UPDATE {t} SET {change} WHERE id = %s RETURNING id) SELECT id FROM u", key),
        "MERGE ... UPDATE": _one(
            f"MERGE INTO {t} USING (VALUES (%s)) v (key) ON id = v.key WHEN MATCHED THEN UPDATE SET {change}",
            key,
        ),
        "UPDATE at a cursor": prepared_by(
            f"DECLARE at_row CURSOR FOR SELECT * FROM {t} WHERE id = '{key}' FOR UPDATE",
            "FETCH at_row",
            then=lambda conn: conn.execute(f"UPDATE {t} SET {change} WHERE CURRENT OF at_row".encode()).rowcount,
        ),
        "UPDATE through a view": prepared_by(
            f"CREATE TEMP VIEW window_on_rows AS SELECT * FROM {t}",
            then=lambda conn: (
                conn.execute(f"UPDATE pg_temp.window_on_rows SET {change} WHERE id = %s".encode(), [key]).rowcount
            ),
        ),
        "SELECT ... FOR UPDATE": _one(f"SELECT id FROM {t} WHERE id = %s FOR UPDATE", key),
    }


def deletes(table: str, key: str) -> dict[str, Write]:
    """Every way to write a DELETE of the row `key` of public.`table`; nothing stays."""
    t = f"public.{table}"
    return {
        "DELETE": _one(f"DELETE FROM {t} WHERE id = %s", key),
        "DELETE ... RETURNING": _one(f"DELETE FROM {t} WHERE id = %s RETURNING *", key),
        "DELETE ... USING": _one(f"DELETE FROM {t} r USING (VALUES (%s)) v (id) WHERE r.id = v.id", key),
        "DELETE in WITH": _one(f"WITH d AS (DELETE FROM {t} WHERE id = %s RETURNING id) SELECT id FROM d", key),
        "MERGE ... DELETE": _one(
            f"MERGE INTO {t} r USING (VALUES (%s)) v (id) ON r.id = v.id WHEN MATCHED THEN DELETE", key
        ),
    }


def inserts(table: str, row: dict[str, Any]) -> dict[str, Write]:
    """Every way to write an INSERT of `row` into public.`table`; nothing stays."""
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    given = sql.SQL(", ").join(sql.Placeholder() * len(row))
    into = sql.SQL("INSERT INTO {} ({}) ").format(sql.Identifier("public", table), names)
    plain = sql.SQL("{} VALUES ({})").format(into, given)
    values = list(row.values())

    def run(query: sql.Composed) -> Write:
        def write(conn: Connection) -> int:
            with undone(conn):
                return conn.execute(query, values).rowcount

        return write

    def copied(conn: Connection) -> int:
        with undone(conn), conn.cursor() as cursor:
            with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier("public", table), names)) as copy:
                copy.write_row(values)
            return cursor.rowcount

    merge = sql.SQL("MERGE INTO {} r USING (SELECT 1) v ON false WHEN NOT MATCHED THEN INSERT ({}) VALUES ({})")
    return {
        "INSERT": run(plain),
        "INSERT ... RETURNING": run(sql.SQL("{} RETURNING *").format(plain)),
        "INSERT ... ON CONFLICT DO NOTHING": run(sql.SQL("{} ON CONFLICT DO NOTHING").format(plain)),
        "INSERT in WITH": run(sql.SQL("WITH i AS ({} RETURNING id) SELECT id FROM i").format(plain)),
        "MERGE ... INSERT": run(merge.format(sql.Identifier("public", table), names, given)),
        "COPY FROM": copied,
    }


def upsert(table: str, row: dict[str, Any], column: str) -> dict[str, Write]:
    """An INSERT of `row` that changes `column` of the row which has its id already; nothing stays."""
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    given = sql.SQL(", ").join(sql.Placeholder() * len(row))
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {} = excluded.{}").format(
        sql.Identifier("public", table), names, given, *(sql.Identifier(column),) * 2
    )

    def write(conn: Connection) -> int:
        with undone(conn):
            return conn.execute(query, list(row.values())).rowcount

    return {"INSERT ... ON CONFLICT DO UPDATE": write}
