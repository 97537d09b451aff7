"""A generated ledger in a disposable database."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from audit.entry import Entry
from audit.generate_command import RefusedError
from audit.source import SourceError

_COLUMNS: Final = "id, created_at, organisation_id, type, amount, currency, metadata, prev_entry_hash, entry_hash"
_LOCAL: Final = ("", "localhost", "127.0.0.1", "::1")
_ELSEWHERE: Final = "the database is on another machine: a generated ledger goes into one that is disposable"
_TABLES: Final = """
    CREATE TABLE organisations (id varchar(20) PRIMARY KEY, name varchar(255) NOT NULL);
    CREATE TABLE ledger_entries (id varchar(20) PRIMARY KEY, organisation_id varchar(20) NOT NULL REFERENCES organisations,
        type varchar(50) NOT NULL, amount bigint NOT NULL, currency varchar(3) NOT NULL, visibility varchar(30) NOT NULL,
        metadata jsonb NOT NULL, prev_entry_hash varchar(71), entry_hash varchar(71) NOT NULL, created_at timestamptz NOT NULL,
        UNIQUE NULLS NOT DISTINCT (organisation_id, prev_entry_hash), UNIQUE (organisation_id, entry_hash))"""


def fill(dsn: str, entries: Iterable[Entry], organisations: int) -> None:
    """Write the entries, in a schema of our own or an empty one that is there. Raises RefusedError, SourceError."""
    dsn = re.sub(r"^postgres(?:ql)?(?:\+\w+)?://", "postgresql://", dsn)
    try:
        host = str(conninfo_to_dict(dsn).get("host") or "")
    except psycopg.Error:
        raise SourceError("no connection string such as postgresql://user@localhost/disposable") from None
    if host not in _LOCAL and not host.startswith("/"):
        raise RefusedError(_ELSEWHERE)
    try:
        with psycopg.connect(dsn, connect_timeout=10, options="-c TimeZone=UTC -c synchronous_commit=off") as conn:
            if not conn.info.host.startswith("/") and conn.info.hostaddr not in _LOCAL:  # PGHOST, hostaddr, a service
                raise RefusedError(_ELSEWHERE)
            _disposable(conn)
            with _triggers_aside(conn):
                names = [(f"org_{number:06d}", "generated") for number in range(organisations)]
                conn.cursor().executemany("INSERT INTO public.organisations (id, name) VALUES (%s, %s)", names)
                into = f"COPY public.ledger_entries ({_COLUMNS}, visibility) FROM STDIN"
                with conn.cursor().copy(into.encode()) as copy:
                    for entry in entries:
                        copy.write_row((*entry, "public_full"))
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute("VACUUM (ANALYZE) public.ledger_entries")
    except psycopg.Error as error:
        why = " ".join(str(error).split())
    else:
        return
    raise SourceError(f"the ledger cannot be written: {why}")


def _disposable(conn: "psycopg.Connection[Any]") -> None:
    """Refuse what holds rows, or looks like the real thing; make the tables if there are none. Raises RefusedError."""
    real = conn.execute(
        "SELECT FROM pg_roles WHERE rolname = 'rdsadmin' UNION ALL SELECT WHERE pg_is_in_recovery()"
    ).fetchall()
    if real:
        raise RefusedError("the server is RDS's, or a standby")
    query = """SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1"""
    tables = [name for (name,) in conn.execute(query).fetchall()]
    for name in tables:
        if conn.execute(f"SELECT FROM {name} LIMIT 1".encode()).fetchall():
            raise RefusedError(f"the database is not empty: {name} holds rows")
    if "public.ledger_entries" not in tables:
        conn.execute("SET LOCAL search_path = public")
        conn.execute(_TABLES.encode())


@contextmanager
def _triggers_aside(conn: "psycopg.Connection[Any]") -> Iterator[None]:
    """Without the ledger's triggers, which judge each row; afterwards they are what they were."""
    query = """SELECT quote_ident(tgname), tgenabled FROM pg_trigger
               WHERE tgrelid = 'public.ledger_entries'::regclass AND NOT tgisinternal"""
    triggers = conn.execute(query).fetchall()
    conn.execute("ALTER TABLE public.ledger_entries DISABLE TRIGGER USER")
    yield
    how = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}
    for name, enabled in triggers:
        state = enabled.decode() if isinstance(enabled, bytes) else enabled
        conn.execute(f"ALTER TABLE public.ledger_entries {how[state]} TRIGGER {name}".encode())
