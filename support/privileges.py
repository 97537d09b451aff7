"""Who holds what, as sets to be compared whole: effective privileges, through membership and PUBLIC too."""

from typing import Any

import psycopg

from spec import APP, OWNER, PRIVILEGES, READONLY, TABLES

Connection = psycopg.Connection[Any]
Held = set[tuple[str, str]]  # (table, privilege)

_TOLD = 20  # privileges in one sentence
TABLE_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
COLUMN_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
_TABLES = """FROM pg_catalog.pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(tables)s)
             AND c.relkind IN ('r', 'p')"""


def documented(role: str) -> Held:
    """The matrix of the specification for this role."""
    return {(table, privilege) for table, held in PRIVILEGES[role].items() for privilege in held}


def on_tables(conn: Connection, role: str, suffix: str = "") -> Held:
    """The privileges that `role` effectively holds on the documented tables; suffix " WITH GRANT OPTION" for those it may
    hand on."""
    query = f"""SELECT c.relname, p FROM (SELECT c.oid, c.relname {_TABLES}) c, unnest(%(privileges)s::text[]) p
                WHERE has_table_privilege(%(role)s, c.oid, p || %(suffix)s)"""
    given = {"tables": list(TABLES.names), "privileges": list(TABLE_PRIVILEGES), "role": role, "suffix": suffix}
    return {(row[0], row[1]) for row in conn.execute(query.encode(), given)}


def on_columns(conn: Connection, role: str) -> set[tuple[str, str, str]]:
    """Column privileges (table, column, privilege) of `role` that do not follow from one on the table."""
    query = f"""SELECT c.relname, a.attname, p FROM (SELECT c.oid, c.relname {_TABLES}) c
                JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped,
                unnest(%(privileges)s::text[]) p
                WHERE has_column_privilege(%(role)s, c.oid, a.attnum, p) AND NOT has_table_privilege(%(role)s, c.oid, p)"""
    given = {"tables": list(TABLES.names), "privileges": list(COLUMN_PRIVILEGES), "role": role}
    return {(row[0], row[1], row[2]) for row in conn.execute(query.encode(), given)}


def other_holders(conn: Connection) -> set[tuple[str, str, str]]:
    """(grantee, table, privilege) granted, on table or column, to PUBLIC or to a role that neither owns the table, nor is
    the application or the read-only user, nor serves only them as a group."""
    query = f"""SELECT coalesce(r.rolname, 'PUBLIC'), c.relname, acl.privilege_type
                FROM (SELECT c.oid, c.relname, c.relowner, c.relacl {_TABLES}) c
                CROSS JOIN LATERAL (
                    SELECT (aclexplode(c.relacl)).*
                    UNION ALL SELECT (aclexplode(a.attacl)).* FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid
                ) acl
                LEFT JOIN pg_catalog.pg_roles r ON r.oid = acl.grantee
                WHERE acl.grantee <> c.relowner AND coalesce(r.rolname, '') <> ALL (%(known)s)
                  AND NOT coalesce(r.rolsuper, false)"""
    given = {"tables": list(TABLES.names), "known": [APP, READONLY, *groups(conn)]}
    return {(row[0], row[1], row[2]) for row in conn.execute(query.encode(), given)}


def groups(conn: Connection) -> set[str]:
    """Roles that cannot log in, and whose members are the application, the read-only user and the owner only."""
    query = """WITH RECURSIVE below AS (
                 SELECT roleid AS top, member FROM pg_catalog.pg_auth_members
                 UNION SELECT b.top, m.member FROM below b JOIN pg_catalog.pg_auth_members m ON m.roleid = b.member)
               SELECT g.rolname FROM below b JOIN pg_catalog.pg_roles g ON g.oid = b.top
               JOIN pg_catalog.pg_roles u ON u.oid = b.member
               WHERE NOT g.rolcanlogin GROUP BY g.rolname HAVING bool_and(NOT u.rolcanlogin OR u.rolname = ANY (%s))"""
    return {row[0] for row in conn.execute(query, [[APP, READONLY, OWNER]])}


def may_on_schema(conn: Connection, role: str) -> set[str]:
    """What `role` may do in schema public."""
    query = "SELECT p FROM unnest(ARRAY['USAGE', 'CREATE']) p WHERE has_schema_privilege(%s, 'public', p)"
    return {row[0] for row in conn.execute(query, [role])}


def granted_on_database(conn: Connection) -> set[tuple[str, str]]:
    """(grantee, privilege) on the database for all but its owner; PUBLIC by that name."""
    query = """SELECT coalesce(r.rolname, 'PUBLIC'), acl.privilege_type FROM pg_catalog.pg_database d
               CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) acl
               LEFT JOIN pg_catalog.pg_roles r ON r.oid = acl.grantee
               WHERE d.datname = current_database() AND acl.grantee <> d.datdba AND NOT coalesce(r.rolsuper, false)"""
    return {(row[0], row[1]) for row in conn.execute(query)}


def told(extra: set[Any], missing: set[Any]) -> str:
    """Both sides of a difference, in words."""
    parts = []
    for word, found in (("held beyond the matrix", extra), ("missing", missing)):
        named = [" ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in sorted(found)]
        if named:
            more = f" and {len(named) - _TOLD} more" if len(named) > _TOLD else ""
            parts.append(f"{word}: {', '.join(named[:_TOLD])}{more}")
    return "; ".join(parts)
