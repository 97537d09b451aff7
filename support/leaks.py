"""What else than the isolated tables could show their rows: views, other tables, statistics, functions."""

from itertools import islice, product
from typing import Any

import psycopg
from psycopg import sql

from support.ledger import Organisation
from support.refusals import BrokenError

Connection = psycopg.Connection[Any]
_OURS = "!~ '^(pg_|information_schema)'"
_MOST_CALLS = 48  # of one function
STATISTICS = ("pg_catalog.pg_stats", "pg_catalog.pg_stats_ext", "pg_catalog.pg_stats_ext_exprs")


def readable(conn: Connection, *, without: set[str]) -> list[str]:
    """The relations of the candidate that the session may read, quoted and qualified, except public tables in `without`."""
    query = f"""SELECT c.oid::regclass::text FROM pg_catalog.pg_class c
                WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace::regnamespace::text {_OURS}
                  AND NOT (c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s))
                  AND has_schema_privilege(c.relnamespace, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
                ORDER BY 1"""
    return [row[0] for row in conn.execute(query.encode(), [list(without)])]


def content(conn: Connection, relation: str, *, without: set[str]) -> list[str]:
    """Every row that the session sees of a relation, as text; an error is a closed door too.

    Of statistics, none about the system's own tables and the public tables in `without`.
    """
    query, given = f"SELECT r::text FROM {relation} r", None
    if relation in STATISTICS:
        query += " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        query += " AND NOT (schemaname = 'public' AND tablename = ANY (%s))"
        given = [list(without)]
    try:
        return sorted(row[0] for row in conn.execute(query.encode(), given))
    except psycopg.Error:
        return []


def refresh(admin: Connection) -> None:
    """What an operator does from time to time: materialised views and statistics brought up to date."""
    query = "SELECT oid::regclass::text FROM pg_catalog.pg_class WHERE relkind = 'm' ORDER BY oid"
    for (view,) in admin.execute(query).fetchall():
        admin.execute(f"REFRESH MATERIALIZED VIEW {view}".encode())
    query = f"""SELECT oid::regclass::text FROM pg_catalog.pg_class
                WHERE relkind IN ('r', 'm') AND relnamespace::regnamespace::text {_OURS}"""
    names = ", ".join(row[0] for row in admin.execute(query.encode()))
    admin.execute(f"ANALYZE {names}".encode())


def _candidates(kind: str, names: list[str]) -> list[Any]:
    """Values worth a try for an argument of this type (pg_type.typcategory and name)."""
    by_category: dict[str, list[Any]] = {"S": [*names], "N": [0, 1], "B": [True, False], "D": ["2025-01-01"]}
    return by_category.get(kind, [None])


def callable_functions(conn: Connection) -> list[tuple[str, str, list[str]]]:
    """Functions and procedures of the candidate that the session may call: name, pg_proc.prokind, categories of arguments.

    Trigger functions cannot be called; aggregates and window functions have no rows of their own.
    """
    query = f"""WITH ours AS MATERIALIZED (
                    SELECT p.* FROM pg_catalog.pg_proc p WHERE p.prokind IN ('f', 'p') AND p.pronamespace IN (
                        SELECT oid FROM pg_catalog.pg_namespace WHERE nspname {_OURS}))
                SELECT quote_ident(n.nspname) || '.' || quote_ident(p.proname), p.prokind::text,
                       ARRAY(SELECT t.typcategory::text FROM unnest(p.proargtypes) WITH ORDINALITY a (oid, n)
                             JOIN pg_catalog.pg_type t ON t.oid = a.oid ORDER BY a.n)
                FROM ours p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                WHERE p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
                  AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
                ORDER BY p.oid"""
    return [(row[0], row[1], row[2]) for row in conn.execute(query.encode())]


def calls(conn: Connection, names: list[str]) -> dict[tuple[str, str], list[str] | None]:
    """Calls every function that the session may call, with arguments made of `names`, each call committed.

    Returns what came back, by function and arguments; None for a call that was refused.
    """
    found: dict[tuple[str, str], list[str] | None] = {}
    for name, kind, arguments in callable_functions(conn):
        tried = product(*(_candidates(argument, names) for argument in arguments))
        for given in islice(tried, _MOST_CALLS):
            marks = sql.SQL(", ").join(sql.Literal(value) for value in given)
            call = "CALL {}({})" if kind == "p" else "SELECT f::text FROM {}({}) f"
            query = sql.SQL(call).format(sql.SQL(name), marks)
            try:
                cursor = conn.execute(query)
                found[name, repr(given)] = [str(row[0]) for row in cursor] if cursor.description else []
            except psycopg.Error:
                found[name, repr(given)] = None
    return found


def reveals(text: str, organisation: Organisation, *, given: str = "") -> str | None:
    """The id or hash of one of the organisation's entries that stands in a text, and was not given away by the asker."""
    for entry in organisation.entries:
        for secret in (entry.id, entry.entry_hash):
            if secret in text and secret not in given:
                return secret
    return None


def same(before: dict[str, list[str]], after: dict[str, list[str]], what: str) -> None:
    """Two looks at the same relations must be alike. Raises BrokenError with the first difference."""
    for relation, rows in before.items():
        if rows != after[relation]:
            differing = sorted(set(rows) ^ set(after[relation]))
            raise BrokenError(f"{what} shows in {relation}: {differing[:2]}")
