"""Roles on somebody else's server: which are ours, which stand in our way, and how ours go."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import psycopg
from psycopg import sql

from support.binaries import NoServerError
from support.database import MARK, PREFIX
from support.external_url import folded
from support.rds_like import ROLES

JOURNAL: Final = f"{PREFIX}compliance_run"

_BY_OUR_NAMES = "(starts_with(rolname, %(prefix)s) OR rolname = ANY (%(roles)s))"
_MARKED = "coalesce(starts_with(shobj_description(oid, 'pg_authid'), %(mark)s), false)"
_PLACE = "pg_database d ON d.oid = CASE WHEN s.classid = 'pg_database'::regclass THEN s.objid ELSE s.dbid END"
# Owning something in our databases, or holding a privilege there, is what only the candidate's roles do.
_USED_IN_OURS = f"""EXISTS (SELECT FROM pg_shdepend s JOIN {_PLACE}
    WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = pg_roles.oid AND d.datname = ANY (%(ours)s))"""
_OWNS = f"""SELECT DISTINCT coalesce('database ' || d.datname, 'the server') FROM pg_shdepend s LEFT JOIN {_PLACE}
    WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = %s::regrole AND s.deptype = 'o'"""
_NAMES: Final[dict[str, Any]] = {"prefix": PREFIX, "roles": list(ROLES), "mark": MARK}


def _names(conn: psycopg.Connection[Any], condition: str, **values: object) -> list[str]:
    query = f"SELECT rolname FROM pg_roles WHERE {condition} ORDER BY rolname"
    return [name for (name,) in conn.execute(query.encode(), {**_NAMES, **values}).fetchall()]


def mark(conn: psycopg.Connection[Any], roles: Iterable[str], note: str = "") -> None:
    """Say in each role's comment that it is ours."""
    for role in roles:
        comment = sql.Literal(MARK + note)
        conn.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(sql.Identifier(role), comment))


def write_journal(conn: psycopg.Connection[Any]) -> None:
    """Make the role JOURNAL, whose comment lists the roles that are there now. Call it in a transaction."""
    before = json.dumps(_names(conn, "true"))
    conn.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(JOURNAL)))
    mark(conn, [JOURNAL], f"; roles before: {before}")


def journal(conn: psycopg.Connection[Any]) -> list[str] | None:
    """The roles that stood there before the run whose journal this is; None if there is none of ours."""
    found = conn.execute(
        "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %s", [JOURNAL]
    ).fetchone()
    if found is None or not (found[0] or "").startswith(MARK):
        return None
    before: list[str] = json.loads(found[0].partition("; roles before: ")[2])
    return before


def foreign(conn: psycopg.Connection[Any]) -> list[str]:
    """Roles by our names that we did not make."""
    return _names(conn, f"{_BY_OUR_NAMES} AND NOT {_MARKED}")


def drop_foreign(conn: psycopg.Connection[Any], roles: Sequence[str]) -> None:
    """Drop all of them, or none if the server refuses one: then NoServerError says why."""
    if roles:
        try:
            conn.execute(sql.SQL("DROP ROLE {}").format(sql.SQL(", ").join(map(sql.Identifier, roles))))
        except psycopg.Error as error:
            raise NoServerError(f"the server keeps the roles {', '.join(roles)}: {folded(error)}") from None


def leftovers(conn: psycopg.Connection[Any], ours: Sequence[str], *, everything: bool) -> list[str]:
    """The roles to drop with the databases `ours`: by their mark; else not there before, and ours by name or by use.

    `everything`: all that were not there before.
    """
    before = journal(conn)
    if before is None:
        return _names(conn, _MARKED)
    evidence = "true" if everything else f"({_BY_OUR_NAMES} OR {_MARKED} OR {_USED_IN_OURS})"
    condition = f"rolname <> %(journal)s AND rolname <> ALL (%(before)s) AND {evidence}"
    return _names(conn, condition, journal=JOURNAL, before=before, ours=list(ours))


def remove(conn: psycopg.Connection[Any], roles: Iterable[str]) -> list[str]:
    """Drop the roles with their privileges, then the journal. Returns why some stay.

    One that owns something outside our databases stays: that thing is somebody's.
    """
    problems = []
    for role in roles:
        name = sql.Identifier(role)
        if places := conn.execute(_OWNS, [f'"{role.replace(chr(34), chr(34) * 2)}"']).fetchall():
            problems.append(f"role {role} owns something in {', '.join(place for (place,) in places)}")
            continue
        try:
            with conn.transaction():
                conn.execute(sql.SQL("DROP OWNED BY {}").format(name))  # it owns nothing: revokes its privileges
                conn.execute(sql.SQL("DROP ROLE {}").format(name))
        except psycopg.Error as error:
            problems.append(folded(error))
    if not problems and journal(conn) is not None:
        conn.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(JOURNAL)))
    return problems
