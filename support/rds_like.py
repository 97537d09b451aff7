"""Makes a fresh PostgreSQL 15 look like Amazon RDS: its roles, its master user, its empty database.

On RDS nobody but Amazon is superuser. The master user is a member of rds_superuser, may create roles and databases, and is
bound by row security like anyone. The candidate is applied as that user, so what RDS would refuse is refused here.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Final

import psycopg
from psycopg import sql

from spec import OWNER
from spec.rds import RDS

DATABASE: Final[str] = RDS["database"]["name"]
COLLATION: Final[str] = RDS["database"]["collation"]
PARAMETERS: Final[dict[str, str]] = {name: value for name, value in RDS["parameters"].items() if name != "wal_buffers"}

SERVICE_ROLES: Final = ("rds_superuser", "rds_replication", "rds_iam", "rds_password")
ROLES: Final = (*SERVICE_ROLES, OWNER)

_STATEMENTS: Final = (
    *(f"CREATE ROLE {role} NOLOGIN" for role in SERVICE_ROLES),
    "GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser WITH ADMIN OPTION",
    "GRANT rds_replication, rds_password TO rds_superuser WITH ADMIN OPTION",
    # What rds_superuser may set beyond an ordinary user, and the ledger's triggers have to survive.
    "GRANT SET ON PARAMETER session_replication_role TO rds_superuser",
    f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser",
)


def _scram_verifier(password: str, iterations: int = 1) -> str:
    """What PostgreSQL stores of a password. One iteration instead of 4096: random passwords of a disposable server need no
    stretching, and every login of a run costs 6 ms less."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${iterations}:{salt64}${stored64}:{server64}"


def set_password(conn: psycopg.Connection, role: str, password: str) -> None:
    """Give `role` a random password; only its SCRAM verifier travels, so no log can show it.

    A limit of connections is lifted: tests open more of them than an application's pool.
    """
    verifier = sql.Literal(_scram_verifier(password))
    conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {} CONNECTION LIMIT -1").format(sql.Identifier(role), verifier))


def create_roles(conn: psycopg.Connection, password: str) -> None:
    """RDS's service roles and the master user, who logs in with `password`. `conn`: superuser, autocommit."""
    for statement in _STATEMENTS:
        conn.execute(statement)
    set_password(conn, OWNER, password)


def create_database(conn: psycopg.Connection) -> str:
    """The empty database, owned by the master user. Returns its collation: en_US where the machine has it, else C."""
    for locale in (COLLATION, COLLATION.replace("UTF-8", "utf8"), "C"):
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE {}").format(
            sql.Identifier(DATABASE), sql.Identifier(OWNER), sql.Literal(locale)
        )
        try:
            conn.execute(statement)
        except psycopg.errors.WrongObjectType:
            continue  # "invalid locale name"
        return locale
    raise LookupError("not even the C locale can be used")
