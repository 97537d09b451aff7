"""Rows written and written again, and what the server's statistics say of it."""

from typing import Any, Final

import psycopg
from psycopg import sql

from spec import APP, PRIVILEGES
from support.append_cost import lengthen
from support.catalog import ledger_parts, tables
from support.ledger import Organisation, append
from support.rows import add_row

Connection = psycopg.Connection[Any]
ROWS: Final = 150  # all of them updated once leaves more dead tuples than 50 + a fifth of them, where autovacuum begins
ENTRIES: Final = 1500  # more than 1000 + a fifth of them, where it comes to a table that only grows
_COUNTS: Final = """SELECT relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del, n_dead_tup, autovacuum_count
                    FROM pg_catalog.pg_stat_user_tables"""


def changed_by_the_application(admin: Connection) -> list[str]:
    """The tables whose rows the application updates, as far as the candidate has them."""
    return sorted({table for table, held in PRIVILEGES[APP].items() if "UPDATE" in held} & tables(admin))


def write_and_change(admin: Connection, table: str) -> None:
    """ROWS rows, each updated once, in public.`table`. `admin`: the superuser. Raises psycopg.Error if a row is refused."""
    for _ in range(ROWS):
        row = add_row(admin, table)
    column, name = sql.Identifier(next(iter(row))), sql.Identifier("public", table)
    admin.execute(sql.SQL("UPDATE {} SET {} = {}").format(name, column, column))


def grow(admin: Connection, organisation: Organisation) -> None:
    """Append ENTRIES entries to an empty chain. `admin`: the superuser. Raises psycopg.Error if one is refused."""
    head, reached = organisation.next(), 1
    append(admin, head)
    while reached < ENTRIES:
        stop = min(2 * reached + 50, ENTRIES)
        head, reached = head.changed(entry_hash=lengthen(admin, head, reached, stop)), stop


def report_now(conn: Connection) -> None:
    """Let the statistics know now what a session did; by itself it may wait for seconds."""
    conn.execute("SELECT pg_stat_force_next_flush()")
    conn.execute("SELECT 1")


def counts(admin: Connection) -> dict[str, dict[str, int]]:
    """What the statistics know of each table: inserted, updated, deleted, dead tuples, autovacuums."""
    names = ("inserted", "updated", "deleted", "dead", "autovacuums")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in admin.execute(_COUNTS)}


def of_the_ledger(admin: Connection) -> dict[str, int]:
    """The same of the ledger, its partitions together."""
    parts = {part.name for part in ledger_parts(admin)}
    found = [seen for table, seen in counts(admin).items() if table in parts]
    return {name: sum(seen[name] for seen in found) for name in found[0]} if found else {}
