"""A running database, copied without its rows into the disposable server."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from spec import OWNER
from support import external_roles
from support.candidate import CandidateError, Source, connection, refusal, without
from support.dump_adapted import Fitting, fitted, role, structure
from support.dump_programs import dump
from support.passwords import hidden
from support.rds_like import DATABASE, ROLES
from support.running_database import OPTION, Running, look
from support.server import Server
from support.sql_file import SqlFileError, Statement, split

# What differs between two dumps of the same database: random words, and who wrote it.
_PASSING: Final = re.compile(rb"(?m)^(?:\\(?:un)?restrict \S+|-- Dumped (?:from|by) .*)$")
# Once, or once more if the database has settings; further down it may stand in a function.
_CONNECT: Final = re.compile(rb"(?m)^\\connect .*$")
_UNKNOWN: Final = ("42704", "42883", "42P01", "3F000", "42703", "22023")  # of an object, a schema, a setting


@dataclass(frozen=True)
class Copy:
    """What was copied: from where, the dumps with their digests, what was left out, and how passwords are stored there."""

    where: str
    sources: tuple[Source, ...]
    left_out: tuple[str, ...] = ()
    passwords_stored: dict[str, str] = field(default_factory=dict)


def _file(name: str, source: Running, content: bytes) -> tuple[Source, list[Statement]]:
    """The digest of a dump, the same for an unchanged database, and its statements."""
    path = Path(f"{name} of {source.name}")
    try:
        return Source.of(path.as_posix(), _PASSING.sub(b"", content)), split(path, _CONNECT.sub(b"", content, count=2))
    except SqlFileError as error:
        raise CandidateError(f"{OPTION}: {error}") from None


def _can_be_done_without(statement: Statement, error: psycopg.Error, fitting: Fitting) -> bool:
    """Whether it speaks of what RDS has beyond PostgreSQL, or of a part of an extension that was left out.

    A materialised view that cannot be filled here stays empty: nobody can read it.
    """
    if statement.text.startswith("REFRESH "):
        return True
    if error.sqlstate not in _UNKNOWN:
        return False
    grants = re.match(r"GRANT|REVOKE", statement.text)
    return bool(
        re.match(r"ALTER (ROLE|DATABASE) .* SET ", statement.text, re.DOTALL)
        or (grants and (fitting.missing or re.search(r" ON (\w+ )?pg_catalog\.| ON PARAMETER ", statement.text)))
    )


def _apply(conn: psycopg.Connection[Any], dsn: str, statements: Sequence[Statement], fitting: Fitting) -> None:
    for statement in statements:
        try:
            conn.execute(statement.text.encode())
        except psycopg.Error as error:
            if _can_be_done_without(statement, error, fitting):
                shown = re.sub(r"(ALTER .*? SET [^ ]+).*", r"\1", hidden(statement.text), flags=re.DOTALL)
                fitting.leave_out(f"{shown[:100]}: {error.diag.message_primary}")
                continue
            line, said = refusal(statement, error)
            if error.sqlstate in _UNKNOWN and fitting.missing:
                said += f"; it may be of an extension that is not here: {', '.join(fitting.missing)}"
            if "ICU" in said or "collation" in said:
                said += "; --server container has more collations"
            raise CandidateError(f"{statement.path}:{line}: {without(dsn, said)}") from None


def _take_back(conn: psycopg.Connection[Any]) -> None:
    """What RDS's roles and the master user were given here: the source says what they have."""
    query = """SELECT roleid::regrole::text, member::regrole::text FROM pg_catalog.pg_auth_members
               WHERE pg_catalog.pg_get_userbyid(member) = ANY (%s)"""
    for group, member in conn.execute(query, [list(ROLES)]).fetchall():
        conn.execute(sql.SQL("REVOKE {} FROM {}").format(sql.SQL(group), sql.SQL(member)))
    query = """SELECT parname, g.grantee::regrole::text FROM pg_catalog.pg_parameter_acl, pg_catalog.aclexplode(paracl) g
               WHERE g.grantee <> 0 AND pg_catalog.pg_get_userbyid(g.grantee) = ANY (%s)"""
    for parameter, grantee in conn.execute(query, [list(ROLES)]).fetchall():
        conn.execute(sql.SQL("REVOKE ALL ON PARAMETER {} FROM {}").format(sql.SQL(parameter), sql.SQL(grantee)))


def _roles(conn: psycopg.Connection[Any], source: Running, fitting: Fitting) -> None:
    """Make room for the source's roles. Raises CandidateError if one of them cannot be here."""
    if fitting.superuser in source.roles and source.bootstrap != fitting.superuser:
        raise CandidateError(
            f"{OPTION}: {source.name} has a role {fitting.superuser}, the name of the disposable server's superuser: use "
            "--server URL with a superuser of another name"
        )
    expected = {*ROLES, fitting.superuser, external_roles.JOURNAL}
    if taken := sorted(one for one in fitting.there & source.roles - expected if not one.startswith("pg_")):
        raise CandidateError(f"{OPTION}: the disposable server has roles by the source's names: {', '.join(taken)}")
    if "rds_superuser" in source.roles:
        _take_back(conn)
    else:
        fitting.leave_out("rds_superuser: the source has none, the one of the disposable server stays")
    if OWNER not in source.roles:
        fitting.leave_out(f"{OWNER}: the source has none, the one of the disposable server stays")


def _everywhere(conn: psycopg.Connection[Any], server: Server, source: Running, fitting: Fitting) -> None:
    """ALTER ROLE ALL SET; on a server that is not ours alone for the database only."""
    whose = sql.SQL("ROLE ALL") if server.kind != "url" else sql.SQL("DATABASE {}").format(sql.Identifier(DATABASE))
    for name, value in source.everywhere:
        parts = sql.SQL(", ").join(map(sql.Literal, value.split(", "))) if name == "search_path" else sql.Literal(value)
        statement = sql.SQL("ALTER {} SET {} = {}").format(whose, sql.SQL(name), parts).as_string(conn)
        _apply(conn, "", [Statement(Path(f"settings of {source.name}"), 1, statement)], fitting)


def copy(server: Server, dsn: str, own: Callable[[int], None] = lambda _: None) -> Copy:
    """Dump the source and load it. `own` is told of processes that have to end with the run. Raises CandidateError."""
    try:
        return _copied(server, look(dsn), own)
    except (CandidateError, psycopg.Error):
        raise
    except Exception as error:  # a traceback through here shows passwords
        problem = f"{OPTION}: the copy failed: {type(error).__name__}: {without(dsn, str(error))}"
    raise CandidateError(problem)


def _copied(server: Server, source: Running, own: Callable[[int], None]) -> Copy:
    dumped = dump(source, own)
    files = {"roles.sql": dumped.roles, "schema.sql": dumped.schema, "states.sql": source.more.encode()}
    (of_roles, roles), (of_schema, schema), (of_states, states) = (
        _file(name, source, content) for name, content in files.items()
    )
    target = server.dsn(server.superuser, DATABASE)
    with connection(target, Path(of_schema.path)) as conn:
        there = frozenset(name for (name,) in conn.execute("SELECT rolname FROM pg_catalog.pg_roles"))
        has = frozenset(name for (name,) in conn.execute("SELECT name FROM pg_catalog.pg_available_extensions"))
        fitting = Fitting(
            source.database,
            server.superuser,
            source.bootstrap,
            there,
            has,
            server.kind == "url",
            left_out=list(source.left_out),
        )
        _roles(conn, source, fitting)
        _apply(conn, target, fitted(roles, role, fitting), fitting)
        if server.kind == "url":
            now = {name for (name,) in conn.execute("SELECT rolname FROM pg_catalog.pg_roles")}
            external_roles.mark(conn, now - there)
        _everywhere(conn, server, source, fitting)
        whole = fitted(schema, structure, fitting)
        # Event triggers come last, so that they bind nothing of this.
        watched = next((n for n, one in enumerate(whole) if one.text.startswith("CREATE EVENT TRIGGER ")), len(whole))
        for part in (whole[:watched], states, whole[watched:]):
            _apply(conn, target, part, fitting)
    return Copy(
        f"dump of {source.database} at {source.at} as {source.user}",
        (of_roles, of_schema, *([of_states] if states else [])),
        tuple(fitting.left_out),
        source.passwords,
    )
