"""One question to pg_catalog per function. All take an open connection and raise psycopg.Error only."""

from dataclasses import dataclass

import psycopg

from spec import APP, READONLY, TABLES


@dataclass(frozen=True)
class ColumnFound:
    """A column as declared. `type` is the base type below any domain; `length` in characters or None."""

    name: str
    type: str
    kind: str  # pg_type.typtype of the declared type's base: b base, e enum, ...
    length: int | None
    precision: int | None
    not_null: bool
    filled: bool  # has a default, an identity or a generation rule


_COLUMNS = """
WITH RECURSIVE base AS (
    SELECT a.attrelid, a.attnum, a.attname, a.attnotnull, a.atthasdef, a.attidentity, a.attgenerated,
           a.atttypid AS typ, a.atttypmod AS typmod, false AS domain_not_null, false AS domain_default
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = pg_catalog.to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
    SELECT b.attrelid, b.attnum, b.attname, b.attnotnull, b.atthasdef, b.attidentity, b.attgenerated,
           t.typbasetype, t.typtypmod, b.domain_not_null OR t.typnotnull, b.domain_default OR t.typdefault IS NOT NULL
    FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typ AND t.typtype = 'd'
)
SELECT b.attname, pg_catalog.format_type(b.typ, NULL), t.typtype,
       CASE WHEN b.typ IN (1042, 1043) AND b.typmod > 4 THEN b.typmod - 4 END,
       CASE WHEN b.typ IN (1114, 1184) AND b.typmod >= 0 THEN b.typmod END,
       b.attnotnull OR b.domain_not_null,
       b.atthasdef OR b.domain_default OR b.attidentity <> '' OR b.attgenerated <> ''
FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typ AND t.typtype <> 'd'
ORDER BY b.attnum
"""


_columns: dict[tuple[str, int, str], dict[str, ColumnFound]] = {}


def columns(conn: psycopg.Connection, table: str) -> dict[str, ColumnFound]:
    """The columns of public.`table`, by name; empty if there is no such table.

    Asked once per server: all its databases are clones of one candidate, and no test changes a column.
    """
    key = (conn.info.host, conn.info.port, table)
    if key not in _columns:
        _columns[key] = {row[0]: ColumnFound(*row) for row in conn.execute(_COLUMNS, [f"public.{table}"])}
    return _columns[key]


def tables(conn: psycopg.Connection) -> set[str]:
    """The names of the ordinary and partitioned tables in schema public."""
    query = """SELECT relname FROM pg_catalog.pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"""
    return {row[0] for row in conn.execute(query)}


def roles(conn: psycopg.Connection) -> set[str]:
    """The names of all roles of the server."""
    return {row[0] for row in conn.execute("SELECT rolname FROM pg_catalog.pg_roles")}


@dataclass(frozen=True)
class Part:
    """A table that stores rows of the ledger: itself, a partition or a child; `name` is quoted and qualified."""

    name: str
    kind: str  # pg_class.relkind
    persistence: str  # pg_class.relpersistence: p logged, u unlogged, t temporary
    is_partition: bool


def ledger_parts(conn: psycopg.Connection) -> list[Part]:
    """The ledger and everything that inherits from it, the ledger first."""
    query = """WITH RECURSIVE part AS (
                 SELECT pg_catalog.to_regclass(%s)::oid AS oid
                 UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN part ON part.oid = i.inhparent)
               SELECT c.oid::regclass::text, c.relkind::text, c.relpersistence::text, c.relispartition
               FROM part JOIN pg_catalog.pg_class c USING (oid)
               ORDER BY c.oid <> pg_catalog.to_regclass(%s), c.relispartition, c.oid"""
    ledger = f"public.{TABLES.ledger}"
    return [Part(*row) for row in conn.execute(query, [ledger, ledger])]


def partition_columns(conn: psycopg.Connection, table: str) -> set[str]:
    """The columns that public.`table` is partitioned by; empty for an ordinary table."""
    query = """SELECT a.attname FROM pg_catalog.pg_partitioned_table p
               JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs)
               WHERE p.partrelid = pg_catalog.to_regclass(%s)"""
    return {row[0] for row in conn.execute(query, [f"public.{table}"])}


def login_roles_present(conn: psycopg.Connection) -> set[str]:
    """Which of the application's and the read-only role exist."""
    return roles(conn) & {APP, READONLY}


def identifying_constraint(conn: psycopg.Connection, table: str) -> str | None:
    """The name of an immediate primary key or unique constraint of public.`table` that `id` is part of."""
    query = """SELECT c.conname FROM pg_catalog.pg_constraint c
               JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
               WHERE c.conrelid = pg_catalog.to_regclass(%s) AND c.contype IN ('p', 'u') AND NOT c.condeferrable
                 AND a.attname = 'id' ORDER BY c.contype LIMIT 1"""
    row = conn.execute(query, [f"public.{table}"]).fetchone()
    return str(row[0]) if row else None


def ledger_references(conn: psycopg.Connection) -> list[tuple[str, str, str]]:
    """The keys of the ledger that organisation_id is part of: table, action on DELETE, action on UPDATE (pg_constraint's
    letters)."""
    query = """SELECT f.relname, c.confdeltype::text, c.confupdtype::text FROM pg_catalog.pg_constraint c
               JOIN pg_catalog.pg_class f ON f.oid = c.confrelid
               JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
               WHERE c.contype = 'f' AND c.conrelid = pg_catalog.to_regclass(%s) AND a.attname = 'organisation_id'
                 AND c.confrelid <> c.conrelid"""
    return [(row[0], row[1], row[2]) for row in conn.execute(query, [f"public.{TABLES.ledger}"])]


def helper_functions(conn: psycopg.Connection) -> list[tuple[str, str, str]]:
    """Functions of the candidate that its own rules may call: name, arguments, return type (boolean or a text)."""
    query = """SELECT quote_ident(p.proname), pg_catalog.pg_get_function_identity_arguments(p.oid),
                      pg_catalog.format_type(p.prorettype, NULL)
               FROM pg_catalog.pg_proc p
               WHERE p.prokind = 'f' AND NOT p.proretset AND p.pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
                 AND p.prorettype IN ('boolean'::regtype, 'text'::regtype, 'varchar'::regtype)
                 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
    return [(row[0], row[1], row[2]) for row in conn.execute(query)]
