"""What the two users and PUBLIC hold beyond the nine tables, as sets: what is in them is too much.

Extensions bring objects and grants of their own, and belong to whoever installs them: they are left out, but for what was
granted on top.
"""

from typing import Any

import psycopg

from spec import APP, READONLY, TABLES
from support.privileges import COLUMN_PRIVILEGES, TABLE_PRIVILEGES

Connection = psycopg.Connection[Any]
_OURS = "!~ '^(pg_|information_schema)'"
_NO_EXTENSION = "NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = {} AND d.deptype = 'e')"
# What "ON ALL TABLES" gives on tables that the document does not name; "..." in GRANT UPDATE may name them.
ALLOWED = {APP: ("SELECT", "INSERT", "UPDATE"), READONLY: ("SELECT",)}
ON_PARTS = {APP: ("SELECT", "INSERT"), READONLY: ("SELECT",)}  # of the ledger: partitions and child tables
ON_SEQUENCES = {APP: ("USAGE", "SELECT"), READONLY: ("SELECT",)}


def on_other_relations(conn: Connection, role: str) -> set[tuple[str, str]]:
    """(relation, privilege) that `role` holds beyond ALLOWED on tables, views and their columns beside the nine tables."""
    query = f"""
        WITH RECURSIVE part AS (
            SELECT pg_catalog.to_regclass(%(ledger)s)::oid AS oid
            UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN part ON part.oid = i.inhparent),
        other AS (
            SELECT c.oid, c.oid IN (SELECT oid FROM part) AS is_part FROM pg_catalog.pg_class c
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace::regnamespace::text {_OURS}
              AND NOT (c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(tables)s))
              AND NOT pg_has_role(%(role)s, c.relowner, 'USAGE') AND {_NO_EXTENSION.format("c.oid")})
        SELECT o.oid::regclass::text, p FROM other o, unnest(%(privileges)s::text[]) p
        WHERE p <> ALL (CASE WHEN o.is_part THEN %(on_parts)s ELSE %(allowed)s END::text[])
          AND CASE WHEN p = ANY (%(columns)s) THEN has_any_column_privilege(%(role)s, o.oid, p)
                   ELSE has_table_privilege(%(role)s, o.oid, p) END"""
    given = {
        "ledger": f"public.{TABLES.ledger}",
        "tables": list(TABLES.names),
        "privileges": list(TABLE_PRIVILEGES),
        "columns": list(COLUMN_PRIVILEGES),
        "allowed": list(ALLOWED[role]),
        "on_parts": list(ON_PARTS[role]),
        "role": role,
    }
    return {(row[0], row[1]) for row in conn.execute(query.encode(), given)}


def on_sequences(conn: Connection, role: str) -> set[tuple[str, str]]:
    """(sequence, privilege) that `role` holds beyond ON_SEQUENCES; UPDATE is setval()."""
    query = f"""SELECT c.oid::regclass::text, p FROM pg_catalog.pg_class c, unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) p
                WHERE c.relkind = 'S' AND c.relnamespace::regnamespace::text {_OURS} AND {_NO_EXTENSION.format("c.oid")}
                  AND p <> ALL (%(allowed)s) AND has_sequence_privilege(%(role)s, c.oid, p)"""
    given = {"allowed": list(ON_SEQUENCES[role]), "role": role}
    return {(row[0], row[1]) for row in conn.execute(query.encode(), given)}


def of_public(conn: Connection) -> set[tuple[str, str]]:
    """(relation, privilege) that PUBLIC holds on tables, views and sequences beside the nine tables, columns included."""
    query = f"""SELECT c.oid::regclass::text, acl.privilege_type FROM pg_catalog.pg_class c
                CROSS JOIN LATERAL (
                    SELECT (aclexplode(c.relacl)).*
                    UNION ALL SELECT (aclexplode(a.attacl)).* FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid) acl
                WHERE acl.grantee = 0 AND c.relnamespace::regnamespace::text {_OURS} AND {_NO_EXTENSION.format("c.oid")}
                  AND NOT (c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s))"""
    return {(row[0], row[1]) for row in conn.execute(query.encode(), [list(TABLES.names)])}


_REACHING = """
    SELECT 'schema ' || n.oid::regnamespace::text, 'CREATE' FROM pg_catalog.pg_namespace n
     WHERE n.nspname !~ '^pg_(toast_)?temp_' AND n.nspname <> 'public' AND has_schema_privilege(%(role)s, n.oid, 'CREATE')
    UNION ALL SELECT 'parameter ' || parname, p FROM pg_catalog.pg_parameter_acl, unnest(ARRAY['SET', 'ALTER SYSTEM']) p
     WHERE has_parameter_privilege(%(role)s, parname, p)
    UNION ALL SELECT 'foreign server ' || srvname, 'USAGE' FROM pg_catalog.pg_foreign_server
     WHERE has_server_privilege(%(role)s, oid, 'USAGE')
    UNION ALL SELECT 'foreign-data wrapper ' || fdwname, 'USAGE' FROM pg_catalog.pg_foreign_data_wrapper
     WHERE has_foreign_data_wrapper_privilege(%(role)s, oid, 'USAGE')
    UNION ALL SELECT 'untrusted language ' || lanname, 'USAGE' FROM pg_catalog.pg_language
     WHERE lanispl AND NOT lanpltrusted AND has_language_privilege(%(role)s, oid, 'USAGE')
    UNION ALL SELECT 'tablespace ' || spcname, 'CREATE' FROM pg_catalog.pg_tablespace
     WHERE has_tablespace_privilege(%(role)s, oid, 'CREATE')
    UNION ALL SELECT 'large object ' || m.oid, acl.privilege_type FROM pg_catalog.pg_largeobject_metadata m
     CROSS JOIN LATERAL aclexplode(m.lomacl) acl WHERE acl.grantee = 0 OR pg_has_role(%(role)s, acl.grantee, 'USAGE')
       AND acl.grantee <> m.lomowner
    UNION ALL SELECT p.oid::regprocedure::text, 'EXECUTE' FROM pg_catalog.pg_proc p
     JOIN pg_catalog.pg_init_privs i ON i.objoid = p.oid AND i.classoid = 'pg_catalog.pg_proc'::regclass
     WHERE p.pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege(%(role)s, p.oid, 'EXECUTE')
       AND NOT EXISTS (SELECT FROM aclexplode(i.initprivs) acl WHERE acl.grantee = 0)
    UNION ALL SELECT c.oid::regclass::text, acl.privilege_type FROM pg_catalog.pg_class c
     CROSS JOIN LATERAL aclexplode(c.relacl) acl
     LEFT JOIN pg_catalog.pg_init_privs i
            ON i.objoid = c.oid AND i.classoid = 'pg_catalog.pg_class'::regclass AND i.objsubid = 0
     WHERE c.relnamespace = 'pg_catalog'::regnamespace
       AND (acl.grantee = 0 OR acl.grantee <> c.relowner AND pg_has_role(%(role)s, acl.grantee, 'USAGE'))
       AND NOT EXISTS (SELECT FROM aclexplode(i.initprivs) before
                       WHERE before.grantee = acl.grantee AND before.privilege_type = acl.privilege_type)"""


def reaching_out(conn: Connection, role: str) -> set[tuple[str, str]]:
    """(object, privilege) by which `role` could create, set, load or read what lies outside the candidate's tables."""
    return {(str(row[0]), str(row[1])) for row in conn.execute(_REACHING.encode(), {"role": role})}


def open_definers(conn: Connection) -> dict[str, str]:
    """Functions that run with their owner's rights and are too open, and why; trigger functions cannot be called."""
    query = f"""SELECT p.oid::regprocedure::text,
                       EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
                               WHERE acl.grantee = 0),
                       EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%')
                FROM pg_catalog.pg_proc p
                WHERE p.prosecdef AND p.pronamespace::regnamespace::text {_OURS} AND {_NO_EXTENSION.format("p.oid")}
                  AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)"""
    found = {}
    for name, public, pinned in conn.execute(query.encode()):
        if public:
            found[name] = "PUBLIC may call it"
        elif not pinned:
            found[name] = "its search_path is the caller's"
    return found


def open_later(conn: Connection) -> set[tuple[str, str, str]]:
    """(role or PUBLIC, kind of object, privilege) beyond the matrix on what the owner creates from now on; nothing stays.

    `conn`: the owner, in a transaction. Raises psycopg.Error if the owner may not create.
    """
    conn.execute("CREATE TABLE public.later_table (x int)")
    conn.execute("CREATE SEQUENCE public.later_sequence")
    conn.execute("CREATE FUNCTION public.later_function() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    conn.execute("CREATE SCHEMA later_schema")
    query = """
        SELECT coalesce(r.rolname, 'PUBLIC'), o.kind, acl.privilege_type
        FROM (SELECT 'table' AS kind, relacl AS acl, relowner AS owner FROM pg_catalog.pg_class WHERE relname = 'later_table'
              UNION ALL SELECT 'sequence', relacl, relowner FROM pg_catalog.pg_class WHERE relname = 'later_sequence'
              UNION ALL SELECT 'function', coalesce(proacl, acldefault('f', proowner)), proowner FROM pg_catalog.pg_proc
                        WHERE proname = 'later_function'
              UNION ALL SELECT 'schema', nspacl, nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'later_schema') o
        CROSS JOIN LATERAL aclexplode(o.acl) acl LEFT JOIN pg_catalog.pg_roles r ON r.oid = acl.grantee
        WHERE acl.grantee <> o.owner AND coalesce(r.rolname, 'PUBLIC') IN ('PUBLIC', %s, %s)"""
    fine = {(APP, "table", one) for one in ("SELECT", "INSERT")} | {(READONLY, "table", "SELECT")}
    fine |= {(role, "sequence", one) for role, held in ON_SEQUENCES.items() for one in held}
    fine |= {
        (role, kind, one) for role in (APP, READONLY) for kind, one in (("function", "EXECUTE"), ("schema", "USAGE"))
    }
    return {(row[0], row[1], row[2]) for row in conn.execute(query.encode(), [APP, READONLY])} - fine
