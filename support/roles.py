"""What a role is, owns and can become."""

from typing import Any

import psycopg

from spec import APP, OWNER, READONLY
from support.catalog import login_roles_present
from support.rds_like import SERVICE_ROLES
from support.refusals import BrokenError

Connection = psycopg.Connection[Any]
_ATTRIBUTES = {
    "rolsuper": "SUPERUSER",
    "rolcreaterole": "CREATEROLE",
    "rolcreatedb": "CREATEDB",
    "rolcanlogin": "LOGIN",
    "rolreplication": "REPLICATION",
    "rolbypassrls": "BYPASSRLS",
}


def present(conn: Connection, role: str) -> str:
    """The role's name. Raises BrokenError unless the candidate made it."""
    if role not in login_roles_present(conn):
        raise BrokenError(f"the candidate creates no role {role}")
    return role


def attributes(conn: Connection, role: str) -> set[str]:
    """The attributes that `role` itself holds, LOGIN among them."""
    query = f"SELECT {', '.join(_ATTRIBUTES)} FROM pg_catalog.pg_roles WHERE rolname = %s"
    row = conn.execute(query.encode(), [role]).fetchone()
    return {name for name, held in zip(_ATTRIBUTES.values(), row or (), strict=True) if held}


def reached(conn: Connection, role: str) -> set[str]:
    """Every role that `role` is a member of, directly or not, inheriting or by SET ROLE."""
    query = """WITH RECURSIVE path AS (
                 SELECT m.roleid FROM pg_catalog.pg_auth_members m WHERE m.member = %s::regrole
                 UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN path ON path.roleid = m.member)
               SELECT r.rolname FROM path JOIN pg_catalog.pg_roles r ON r.oid = path.roleid"""
    return {row[0] for row in conn.execute(query, [role])}


def owned(conn: Connection, role: str) -> set[str]:
    """What `role` owns: objects of this database, and databases; each described."""
    query = """SELECT pg_catalog.pg_describe_object(classid, objid, objsubid) FROM pg_catalog.pg_shdepend
               WHERE refclassid = 'pg_authid'::regclass AND refobjid = %s::regrole AND deptype = 'o'
                 AND dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
               UNION ALL SELECT 'database ' || datname FROM pg_catalog.pg_database WHERE datdba = %s::regrole"""
    return {row[0] for row in conn.execute(query, [role, role]) if row[0]}


def powers_reached(conn: Connection, role: str) -> dict[str, str]:
    """The roles that `role` can become which are more than a plain group, and why."""
    found = {}
    for other in reached(conn, role):
        if other == "rds_iam":
            continue  # on RDS it says how the role logs in, and carries no power
        if other in (OWNER, *SERVICE_ROLES) or other.startswith("pg_"):
            found[other] = "an administrative role"
        elif other in (APP, READONLY):
            found[other] = "the other user"
        elif attributes(conn, other) - {"LOGIN"}:
            found[other] = ", ".join(sorted(attributes(conn, other)))
        elif owned(conn, other):
            found[other] = f"it owns {', '.join(sorted(owned(conn, other))[:3])}"
    return found
