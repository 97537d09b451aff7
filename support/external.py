"""A disposable server at a URL: taken over for one run, given back as it was found.

What stands on it and is not ours is looked at, never touched. One connection holds an advisory lock for the whole run.
Our databases carry MARK as their comment, and inside, copied with every clone, as the comment of an access method.
Roles that the candidate makes cannot be marked: the role JOURNAL, made before all else, lists in its comment the roles
that stood there before, so a run that is killed at any moment is cleaned up by the next.

Limit: the candidate is applied with CREATEROLE, as on RDS, so it can alter and drop roles that are not ours.
"""

import contextlib
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import psycopg
from psycopg import sql

from spec import OWNER
from support.binaries import MAJOR, NoServerError
from support.database import MARK, PREFIX, drop
from support.external_roles import drop_foreign, foreign, journal, leftovers, mark, remove, write_journal
from support.external_url import connect, folded, inherit, parse
from support.rds_like import DATABASE, ROLES, create_database, create_roles
from support.server import Server

LOCK: Final = 0x616D706C79  # "amply"
LOCK_SECONDS = 1.0  # a killed run's connection takes a moment to end

_DATABASES = """SELECT d.datname, r.rolname, coalesce(starts_with(shobj_description(d.oid, 'pg_database'), %s), false)
    FROM pg_database d LEFT JOIN pg_roles r ON r.oid = d.datdba
    WHERE d.datname = %s OR starts_with(d.datname, %s) ORDER BY d.datname"""
_MARKED_INSIDE = """SELECT coalesce(starts_with(obj_description(oid, 'pg_am'), %s), false)
    FROM pg_am WHERE amname = 'heap'"""
_HOLDS_SOMETHING = """WITH theirs AS (SELECT oid FROM pg_namespace
        WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND nspname !~ '^pg_(toast_)?temp_')
    SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace IN (SELECT oid FROM theirs))
        OR EXISTS (SELECT FROM pg_proc WHERE pronamespace IN (SELECT oid FROM theirs))
        OR EXISTS (SELECT FROM pg_type WHERE typnamespace IN (SELECT oid FROM theirs))
        OR EXISTS (SELECT FROM pg_largeobject_metadata)"""


class _Visit:
    """One run's stay on the server. `conn`: superuser on database postgres; holds the lock."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        info = conn.info
        self.conn = conn
        self.where = f"the server at {info.host}:{info.port}"
        version = f"PostgreSQL {(info.parameter_status('server_version') or '?').split()[0]}"
        self.server = Server("url", version, info.host, info.port, info.user, {info.user: info.password})

    def check(self) -> None:
        """Raises NoServerError unless it is PostgreSQL 15, no standby, our user superuser, and no other run there."""
        if self.conn.info.server_version // 10000 != int(MAJOR):
            raise NoServerError(f"{self.where} is {self.server.version}, not {MAJOR}")
        if self.conn.info.parameter_status("is_superuser") != "on":
            raise NoServerError(f"{self.where}: {self.server.superuser} is not superuser there")
        if self.conn.info.parameter_status("in_hot_standby") == "on":
            raise NoServerError(f"{self.where} is a standby")
        self.conn.execute("SET search_path = pg_catalog")
        self.conn.execute("SET idle_session_timeout = 0")
        until = time.monotonic() + LOCK_SECONDS
        while self.conn.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone() != (True,):
            if time.monotonic() > until:
                raise NoServerError(f"{self.where} is held by another run of this suite")
            time.sleep(0.1)

    def _look(self, name: str) -> tuple[bool, bool]:
        """Whether the database is marked inside, and whether anybody's tables, functions or types are in it."""
        with self.server.connect(self.server.superuser, name) as conn:
            conn.execute("SET search_path = pg_catalog")
            inside = conn.execute(_MARKED_INSIDE, [MARK]).fetchone() == (True,)
            return inside, conn.execute(_HOLDS_SOMETHING).fetchone() != (False,)

    def databases(self) -> dict[str, list[str]]:
        """The databases by our names, sorted: `ours`, `empty` and `full` of somebody else."""
        found: dict[str, list[str]] = {"ours": [], "empty": [], "full": []}
        before = journal(self.conn) or [OWNER]
        for name, owner, marked in self.conn.execute(_DATABASES, [MARK, DATABASE, PREFIX]).fetchall():
            try:
                inside, holds = (True, True) if marked else self._look(name)
            except psycopg.Error:
                inside, holds = False, True  # cannot be looked into: not ours to judge
            # Killed between CREATE DATABASE and its mark: empty, and owned by the master user which that run made.
            unfinished = not holds and owner == OWNER and OWNER not in before
            found["ours" if inside or unfinished else "full" if holds else "empty"].append(name)
        return found

    def sweep(self, *, everything: bool) -> None:
        """Drop our databases, then our roles (`everything`: all that did not exist before), the journal last."""
        ours = self.databases()["ours"]
        roles = leftovers(self.conn, ours, everything=everything)
        for name in ours:
            drop(self.server, name)
        if problems := remove(self.conn, roles):
            raise NoServerError(f"{self.where}: what a run of ours left there cannot be dropped: {'; '.join(problems)}")

    def clear(self, *, disposable: bool) -> None:
        """Raises NoServerError if something not ours stands in our way; drops it if it is empty and `disposable`."""
        found, roles = self.databases(), foreign(self.conn)
        if found["full"]:
            names = ", ".join(found["full"])
            raise NoServerError(f"{self.where} is in use: {names}, not ours, not empty; nothing was touched")
        kinds = {"database": found["empty"], "role": roles}
        in_the_way = [f"{kind} {', '.join(names)}" for kind, names in kinds.items() if names]
        if in_the_way and not disposable:
            hint = "--server-is-disposable allows to drop what is empty"
            raise NoServerError(f"{self.where} has {' and '.join(in_the_way)}, not made by this suite; {hint}")
        for name in found["empty"]:
            # Without FORCE: whoever is connected is using it.
            self.conn.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
        drop_foreign(self.conn, roles)

    def furnish(self) -> Server:
        """The journal, the RDS-like roles and the empty database. Raises psycopg.Error."""
        passwords = {**self.server.passwords, OWNER: secrets.token_hex(16)}
        with self.conn.transaction():
            write_journal(self.conn)
            create_roles(self.conn, passwords[OWNER])
            mark(self.conn, ROLES)
        collation = create_database(self.conn)
        self.conn.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(DATABASE), sql.Literal(MARK)))
        with self.server.connect(self.server.superuser, DATABASE) as conn:
            conn.execute(sql.SQL("COMMENT ON ACCESS METHOD heap IS {}").format(sql.Literal(MARK)))
        server = Server(**{**self.server.as_dict(), "passwords": passwords, "collation": collation})
        server.connect(OWNER, DATABASE).close()  # the server's rules may let in nobody but its superuser
        return server

    def leave(self) -> None:
        """Drop what the run made and let go of the server. What has to stay is told on stderr."""
        try:
            self.sweep(everything=True)
            self.conn.execute("SELECT pg_advisory_unlock_all()")  # its end would be noticed a moment later
        except (psycopg.Error, NoServerError) as error:
            said = folded(error) if isinstance(error, psycopg.Error) else error
            sys.stderr.write(f"{self.where} could not be left as it was found: {said}\n")
        finally:
            self.conn.close()


def take_over(url: str, *, disposable: bool) -> tuple[Server, Callable[[], None]]:
    """The server at `url`, furnished like RDS, and the way to leave it.

    Raises NoServerError, in one line, if it cannot be used or something on it is not ours: a database amply or amply_*
    that is not empty always; an empty one, or a role by one of our names, unless `disposable`, which drops them.
    """
    parameters = parse(url)
    with contextlib.ExitStack() as undo:
        undo.callback(inherit(parameters))
        conn = connect(parameters)
        undo.callback(conn.close)
        visit = _Visit(conn)
        try:
            visit.check()
            visit.sweep(everything=False)
            visit.clear(disposable=disposable)
            undo.callback(visit.leave)
            server = visit.furnish()
        except psycopg.Error as error:
            raise NoServerError(f"{visit.where} cannot be used: {folded(error)}") from None
        return server, undo.pop_all().close
