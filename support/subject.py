"""The candidate on the server: applied, its roles given passwords, its database sown and ready to be cloned."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from spec import APP, OWNER, READONLY
from support.candidate import CandidateError, Source, apply_patch, apply_sql
from support.catalog import roles, tables
from support.database import clone, drop
from support.dump_loaded import Copy
from support.migrations import Project, upgrade
from support.rds_like import DATABASE, set_password
from support.refusals import said
from support.server import Server
from support.sowing import sow, sow_isolated

SOWN = f"{DATABASE}_sown"


@dataclass(frozen=True)
class Subject:
    """What the tests are about.

    `faults`: why parts of the candidate could not be filled with honest rows, by part. `passwords_stored`: how the
    passwords that the candidate itself set were stored, by role; `limits`: the roles' limits of connections, lifted here.
    `where`, `left_out`: of a copied database, where it
    runs, and what of it is not here.
    """

    server: Server
    kind: str
    sources: tuple[Source, ...]
    faults: dict[str, str] = field(default_factory=dict)
    passwords_stored: dict[str, str] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    where: str = ""
    left_out: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For handing the subject to a worker process."""
        return asdict(self)

    @staticmethod
    def from_dict(data: dict[str, Any]) -> "Subject":
        """The inverse of `as_dict`."""
        sources = tuple(Source(**source) for source in data["sources"])
        server = Server(**data["server"])
        return Subject(**{**data, "server": server, "sources": sources, "left_out": tuple(data["left_out"])})


def _roles_with_passwords(server: Server) -> Server:
    """Every login role of the specification that the candidate made gets a password that we know."""
    passwords = dict(server.passwords)
    with server.connect(server.superuser, DATABASE) as conn:
        if not tables(conn):
            raise CandidateError("it creates no table in schema public")
        for role in {APP, READONLY} & roles(conn):
            passwords[role] = secrets.token_hex(16)
            set_password(conn, role, passwords[role])
    return replace(server, passwords=passwords)


def _stored_as(server: Server) -> dict[str, str]:
    """How the passwords of the two users are stored, before they get ours: the algorithm, `text` if there is none."""
    query = """SELECT rolname, CASE WHEN rolpassword LIKE 'SCRAM-SHA-256$%%' THEN 'SCRAM-SHA-256'
                                    WHEN rolpassword LIKE 'md5%%' THEN 'md5' ELSE 'text' END
               FROM pg_catalog.pg_authid WHERE rolpassword IS NOT NULL AND rolname = ANY (%s)"""
    with server.connect(server.superuser, DATABASE) as conn:
        return dict(conn.execute(query, [[APP, READONLY]]).fetchall())


def _limits(server: Server) -> dict[str, int]:
    query = "SELECT rolname, rolconnlimit FROM pg_catalog.pg_roles WHERE rolconnlimit >= 0"
    with server.connect(server.superuser, DATABASE) as conn:
        return dict(conn.execute(query).fetchall())


def _sow(server: Server) -> dict[str, str]:
    clone(server, DATABASE, SOWN)
    faults: dict[str, str] = {}
    with server.connect(server.superuser, SOWN) as conn:
        for part, work in (("ledger", sow), ("isolated", sow_isolated)):
            try:
                work(conn)
            except psycopg.Error as error:
                faults[part] = f"honest rows cannot be written as superuser: {said(error)}"
            except (LookupError, ValueError) as error:
                faults[part] = f"honest rows cannot be thought of: {error}"
    return faults


def prepare(
    server: Server,
    schema: Sequence[Path],
    patches: Sequence[Path],
    project: Project | None = None,
    copied: Copy | None = None,
) -> Subject:
    """Apply the candidate, SQL or an Alembic project, as the master user, patches as superuser; then sow.

    `copied`: the candidate is a database that was loaded already.

    Raises CandidateError (file, line, the server's words) if it cannot be applied or creates no table.
    """
    if copied:
        sources = list(copied.sources)
    else:
        sources = upgrade(project, server) if project else apply_sql(server.dsn(OWNER, DATABASE), schema)
    if patches:
        sources = [*sources, *apply_patch(server.dsn(server.superuser, DATABASE), patches)]
    stored = {**(copied.passwords_stored if copied else {}), **_stored_as(server)}
    limits = _limits(server)
    server = _roles_with_passwords(server)
    kind = "dump" if copied else "alembic" if project else "sql"
    faults = _sow(server)
    if copied:  # its rows were not read
        advice = "; a copy has no rows: those of lookup tables can be given with --patch"
        faults = {part: why + advice * ("is not present in table" in why) for part, why in faults.items()}
    subject = Subject(server, kind, tuple(sources), faults, stored, limits)
    return replace(subject, where=copied.where, left_out=copied.left_out) if copied else subject


def remove(server: Server) -> None:
    """Drop what `prepare` made beside the candidate's own database."""
    drop(server, SOWN)
