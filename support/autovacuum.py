"""Whether autovacuum comes to tables: judged beside a table of our own, to which it has to come as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

from support.load import ROWS, counts, of_the_ledger, report_now
from support.waiting import until

Connection = psycopg.Connection[Any]
WITNESS: Final = "amply_witness.rows"
SECONDS: Final = 60.0  # for a pass over a handful of tables
_MADE: Final = f"""CREATE SCHEMA amply_witness; CREATE TABLE {WITNESS} (number int);
                   INSERT INTO {WITNESS} SELECT generate_series(1, {ROWS})"""
_WORKERS: Final = """SELECT count(*) FROM pg_stat_activity
                     WHERE backend_type = 'autovacuum worker' AND datname = current_database()"""


class AutovacuumError(Exception):
    """Autovacuum did not come to a plain table of ours either: nothing can be said of others."""


@contextmanager
def looking_often(admin: Connection) -> Iterator[None]:
    """Autovacuum looks every second: the document promises that it works, not how often it looks. `admin`: the superuser."""
    admin.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
    admin.execute("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        admin.execute("ALTER SYSTEM RESET autovacuum_naptime")
        admin.execute("SELECT pg_reload_conf()")


def _left(admin: Connection, tables: list[str], ledger: str) -> dict[str, int]:
    seen = counts(admin)
    left = {table: seen[table]["dead"] for table in tables if not seen[table]["autovacuums"] or seen[table]["dead"]}
    return left if of_the_ledger(admin)["autovacuums"] else {**left, ledger: 0}


def neglected(admin: Connection, tables: list[str], ledger: str) -> dict[str, int]:
    """The loaded tables, and the ledger, that autovacuum passes over, with the dead tuples left there.

    It had its occasions: twice it came to a table of ours that was loaded later, and went. `admin`: the superuser, who has
    reported all of the load. Raises AutovacuumError if it did not come there.
    """
    admin.execute(_MADE)
    for _ in range(2):
        admin.execute(f"UPDATE {WITNESS} SET number = number")
        report_now(admin)
        before = counts(admin)[WITNESS]["autovacuums"]

        def has_come(come: int = before) -> bool:
            gone = admin.execute(_WORKERS).fetchone() == (0,)
            return gone and counts(admin)[WITNESS]["autovacuums"] > come

        if not until(lambda: not _left(admin, tables, ledger) or has_come(), bool, SECONDS):
            raise AutovacuumError(f"autovacuum did not come to a plain table within {SECONDS:.0f} s")
        if not _left(admin, tables, ledger):
            break
    return _left(admin, tables, ledger)
