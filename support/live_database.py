"""Questions to the live database: read only, never waiting for a lock, each within its limit, catalog and settings only."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from spec.rds import RDS
from support.parameters import UNDERMINING
from support.redaction import learn
from support.refusals import said
from support.unread import NotReadError, TargetError

Connection = psycopg.Connection[Any]
# A lock that is not free at once is not waited for: a millisecond is the least that PostgreSQL knows.
LIMITS: Final = {
    "default_transaction_read_only": "on",
    "statement_timeout": "10s",
    "lock_timeout": "1ms",
    "idle_in_transaction_session_timeout": "30s",
    # What a role's own settings must not change: how the catalog is written out.
    **{"search_path": "pg_catalog", "quote_all_identifiers": "off", "client_encoding": "UTF8", "TimeZone": "UTC"},
    **{"DateStyle": "ISO", "IntervalStyle": "postgres", "extra_float_digits": "1", "bytea_output": "hex"},
    "standard_conforming_strings": "on",
}


def conninfo(dsn: str, option: str = "--live-dsn") -> dict[str, Any]:
    """libpq's parameters of a DSN in libpq's or SQLAlchemy's spelling. Raises TargetError, with the option, without the DSN."""
    try:
        if match := re.match(r"postgres(ql)?(\+\w+)?://", dsn):
            parts = urlsplit("postgresql://" + dsn[match.end() :])
            if parts.netloc.count("@") > 1 or not re.fullmatch(r"(.*@)?(\[.*\]|[^:]*)(:\d*)?", parts.netloc):
                raise ValueError  # noqa: TRY301  # libpq would quote what it takes for a host or a port: a password
            query = [("sslmode" if name == "ssl" else name, value) for name, value in parse_qsl(parts.query)]
            dsn = urlunsplit(parts._replace(query=urlencode(query)))
        found = conninfo_to_dict(dsn)
    except (psycopg.Error, ValueError):
        raise TargetError(
            f"{option} is no connection string such as postgresql://user@host/amply?sslmode=require"
        ) from None
    learn(str(found.get("password") or ""))
    return found


_VARIABLES: Final = {
    **{"PGHOST": "host", "PGPORT": "port", "PGDATABASE": "dbname", "PGUSER": "user", "PGPASSWORD": "password"},
    **{"PGPASSFILE": "passfile", "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert"},
}


def resolved(dsn: str, option: str = "--live-dsn") -> str:
    """The DSN with what libpq's environment variables add to it; later they are gone. Raises TargetError."""
    given = conninfo(dsn, option)
    added = {name: os.environ[variable] for variable, name in _VARIABLES.items() if os.environ.get(variable)}
    return make_conninfo(**{**added, **given})


def same_database(one: str, other: str) -> bool:
    """Whether two DSNs name the same place, whoever logs in there. Raises TargetError."""

    def place(dsn: str) -> tuple[str, str, str]:
        at = conninfo(resolved(dsn))
        host = str(at.get("host") or at.get("hostaddr") or "").lower().rstrip(".")
        return (
            "localhost" if host in ("127.0.0.1", "::1") else host,
            str(at.get("port") or 5432),
            str(at.get("dbname") or at.get("user")),
        )

    return place(one) == place(other)


def connect(dsn: str, **changes: str) -> Connection:
    """One session in autocommit, in which every transaction is read only. Raises psycopg.OperationalError."""
    options = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
    limits = {"connect_timeout": 10, "keepalives_idle": 10, "keepalives_count": 2, "tcp_user_timeout": 30000}
    parameters = {**conninfo(dsn), **limits, "options": options, "application_name": "amply-compliance", **changes}
    try:
        return psycopg.connect(make_conninfo(**parameters), autocommit=True, prepare_threshold=None)
    except psycopg.Error as error:
        failure = error.with_traceback(None)  # a frame of the driver holds the password
    raise failure from None


def reached(dsn: str) -> Connection:
    """The live database, or the reason why it cannot be examined. Raises TargetError, in one line."""
    try:
        return connect(dsn)
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise TargetError(f"the live database cannot be reached: {reason}") from None


def rows(conn: Connection, query: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """The answer to one question. Raises NotReadError if it is not to be had without waiting, or for this login."""
    try:
        return conn.execute(query.encode(), parameters).fetchall()
    except psycopg.Error as error:
        raise NotReadError(f"the live database does not answer: {said(error)}") from None


def settings(conn: Connection) -> dict[str, tuple[str, bool]]:
    """Value, in PostgreSQL's own unit, and whether a restart is pending, of every parameter that a promise rests on."""
    names = [*RDS["parameters"], *RDS["memory"], *UNDERMINING]
    query = "SELECT name, setting, pending_restart FROM pg_catalog.pg_settings WHERE name = ANY (%(names)s)"
    return {name: (setting, pending) for name, setting, pending in rows(conn, query, {"names": names})}


def is_encrypted(conn: Connection) -> bool:
    """Whether this session goes over TLS."""
    query = "SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()"
    return rows(conn, query) == [(True,)]


def connections(conn: Connection) -> int:
    """How many connections are taken, over all databases; pg_stat_activity hides what others' sessions are."""
    query = "SELECT sum(numbackends)::int FROM pg_catalog.pg_stat_database WHERE datid <> 0"
    return int(rows(conn, query)[0][0])


@dataclass(frozen=True)
class Health:
    """A table's state: dead rows, those at which autovacuum begins, transactions since it was frozen, whether autovacuum
    may work on it, and when it last did (UTC; None: never, or not since statistics were reset)."""

    table: str
    dead: int
    tolerated: int
    age: int
    autovacuum: bool
    last: datetime | None


_HEALTH: Final = """
    SELECT c.oid::regclass::text, coalesce(s.n_dead_tup, 0),
        (coalesce(v.threshold, current_setting('autovacuum_vacuum_threshold'))::numeric
         + coalesce(v.scale, current_setting('autovacuum_vacuum_scale_factor'))::numeric
         * greatest(c.reltuples, 0)::numeric)::bigint,
        CASE WHEN c.relkind = 'r' THEN age(c.relfrozenxid) ELSE 0 END, coalesce(v.enabled, 'on')::boolean, s.last_autovacuum
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
    LEFT JOIN LATERAL (SELECT max(option_value) FILTER (WHERE option_name = 'autovacuum_enabled') AS enabled,
        max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold') AS threshold,
        max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor') AS scale
        FROM pg_catalog.pg_options_to_table(c.reloptions)) v ON true
    WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)' AND c.relpersistence <> 't' ORDER BY 1"""


def health(conn: Connection) -> list[Health]:
    """The state of every table that is not PostgreSQL's own."""
    return [Health(*row) for row in rows(conn, _HEALTH)]


def oldest_transaction(conn: Connection) -> int:
    """How many transactions ago the oldest row of the database was last known to be frozen."""
    return int(
        rows(conn, "SELECT age(datfrozenxid) FROM pg_catalog.pg_database WHERE datname = current_database()")[0][0]
    )


def standbys(conn: Connection) -> list[tuple[str, float | None]]:
    """Every standby that the server feeds, and how many seconds it is behind; None if the login may not know."""
    query = """SELECT coalesce(application_name, '?') || coalesce(' ' || client_addr, ''), CASE WHEN state IS NULL THEN NULL
                   ELSE coalesce(extract(epoch FROM replay_lag), 0)::float END FROM pg_catalog.pg_stat_replication"""
    return [(name, lag) for name, lag in rows(conn, query)]


# Pages that the rows would fill against pages that there are; widths are the planner's statistics.
_BLOAT: Final = """
    SELECT c.oid::regclass::text, c.relpages::bigint * 8192, (ceil(greatest(c.reltuples, 0) * (28 + w.width) / (8168
        * coalesce((SELECT option_value::numeric FROM pg_catalog.pg_options_to_table(c.reloptions)
                    WHERE option_name = 'fillfactor'), 100) / 100)) * 8192)::bigint
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT sum(s.avg_width * (1 - s.null_frac)) AS width FROM pg_catalog.pg_stats s
                        WHERE s.schemaname = n.nspname AND s.tablename = c.relname) w
    WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$)' AND c.relpages > 0
    UNION ALL
    SELECT i.oid::regclass::text, i.relpages::bigint * 8192,
        (ceil(greatest(i.reltuples, 0) * (16 + w.width) / (8152 * 0.9)) * 8192)::bigint
    FROM pg_catalog.pg_class i JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid
    JOIN pg_catalog.pg_class c ON c.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT sum(s.avg_width) AS width FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_stats s
                        ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
                        WHERE a.attrelid = i.oid) w
    WHERE i.relkind = 'i' AND n.nspname !~ '^(pg_|information_schema$)' AND i.relpages > 1 ORDER BY 1"""


def bloat(conn: Connection) -> list[tuple[str, int, int | None]]:
    """Tables and indexes that take space: name, bytes taken, bytes that their rows would take.

    None if the login may not see how wide the rows are: it has no SELECT, or row security binds it.
    """
    return [(name, int(taken), None if needed is None else int(needed)) for name, taken, needed in rows(conn, _BLOAT)]


def in_recovery(conn: Connection) -> bool:
    """Whether the server is a standby."""
    return rows(conn, "SELECT pg_catalog.pg_is_in_recovery()") == [(True,)]
