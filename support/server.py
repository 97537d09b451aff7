"""A PostgreSQL 15 that the suite may do anything to."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import psycopg
from psycopg.conninfo import make_conninfo

from support.redaction import learn

Kind = Literal["wheel", "local", "container", "url"]
SUPERUSER = "postgres"
# A lock is held for the steps of one test, milliseconds: who waits longer waits for a transaction that is over.
LIMITS = "SET lock_timeout = '5s'; SET statement_timeout = '60s'"


@dataclass(frozen=True)
class Server:
    """Where it listens, who its superuser is, and the passwords of the roles the suite logs in as."""

    kind: Kind
    version: str
    host: str
    port: int
    superuser: str
    passwords: dict[str, str] = field(repr=False)
    collation: str = "C"
    loopback: bool = False  # it listens on 127.0.0.1 too

    def __post_init__(self) -> None:
        learn(*self.passwords.values())

    def dsn(self, role: str, database: str) -> str:
        """A libpq connection string; holds a password and is for psycopg only."""
        return make_conninfo(
            host=self.host,
            port=self.port,
            user=role,
            password=self.passwords.get(role, ""),
            dbname=database,
            connect_timeout=20,
            application_name="amply-compliance",
        )

    def connect(self, role: str, database: str) -> psycopg.Connection:
        """A real login: autocommit, no automatic preparation of statements.

        Raises psycopg.Error, without the driver's own frames: a traceback that shows their arguments shows the password.
        """
        try:
            return psycopg.connect(self.dsn(role, database), autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            failure = error.with_traceback(None)
        raise failure from None

    def as_dict(self) -> dict[str, Any]:
        """For handing the server to a worker process; holds passwords."""
        return asdict(self)
