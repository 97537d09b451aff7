"""One digest over everything the candidate put into the catalog, for telling two candidates apart."""

import hashlib
import json
from typing import Final

import psycopg

from support.catalog_questions import FUNCTIONS, POLICIES, POSITIONS, ROLES, TABLES, objects
from support.passwords import masked
from support.rds_like import DATABASE
from support.redaction import redacted
from support.server import Server
from support.unread import NotReadError

_QUESTIONS: Final = (*TABLES, *FUNCTIONS, *POLICIES, *ROLES, POSITIONS)


def catalog(server: Server) -> dict[str, str]:
    """Every object of the candidate and what it is, without passwords; empty if the server is gone."""
    try:
        with server.connect(server.superuser, DATABASE) as conn:
            conn.execute("SET search_path = pg_catalog")
            return {redacted(name): redacted(masked(text)) for name, text in objects(conn, _QUESTIONS, []).items()}
    except (psycopg.OperationalError, NotReadError):
        return {}


def digest(found: dict[str, str]) -> str:
    """SHA-256 over a catalog, as JSON with sorted keys; empty for none."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest() if found else ""


def catalog_sha256(server: Server) -> str:
    """The digest of the candidate's catalog; empty if the server is gone."""
    return digest(catalog(server))
