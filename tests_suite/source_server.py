"""For the tests of --schema-from: a PostgreSQL that plays the running database, and runs on a copy of it."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from support.acquire import acquire
from support.candidate import apply_patch
from support.dump_loaded import copy
from support.live_database import resolved
from support.rds_like import DATABASE
from support.server import Server
from support.subject import prepare

ROOT = Path(__file__).parents[1]


@dataclass
class Source:
    """The server, and how an operator names it: the password in the environment."""

    server: Server

    def dsn(self, role="postgres", database=DATABASE):
        return (
            f"postgresql+asyncpg://{role}@/{database}?host={quote(self.server.host, safe='')}&port={self.server.port}"
        )

    def connect(self, role="postgres", database=DATABASE):
        return self.server.connect(role, database)

    def password(self, role="postgres"):
        return {"PGPASSWORD": self.server.passwords[role]}

    def log(self):
        return (Path(self.server.host) / "server.log").read_text(errors="replace")


@contextmanager
def source_server(*patches, settings=None):
    """The reference on a server of its own, with patches."""
    lease = acquire("auto", settings=settings)
    try:
        server = prepare(lease.server, [ROOT / "candidates" / "reference"], []).server
        if patches:  # after our own passwords, as one of them may set others
            apply_patch(server.dsn(server.superuser, DATABASE), patches)
        yield Source(server)
    finally:
        lease.close()


def password_dsn(source, role="postgres", database=DATABASE):
    return f"{source.dsn(role, database)}&password={source.server.passwords[role]}"


def copied(source, role="postgres", database=DATABASE):
    """The copy on a server of its own: the lease, what was copied, and the subject's server."""
    lease = acquire("auto")
    try:
        found = copy(lease.server, resolved(password_dsn(source, role, database)))
        return lease, found, prepare(lease.server, [], [], None, found).server
    except BaseException:
        lease.close()
        raise
