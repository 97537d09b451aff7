"""One digest over everything the candidate put into the catalog, for telling two candidates apart."""

import hashlib
import json
from typing import Final

import psycopg

from support.catalog_questions import FUNCTIONS, POLICIES, POSITIONS, ROLES, TABLES, objects
from support.rds_like import DATABASE
from support.server import Server
from support.unread import NotReadError

_QUESTIONS: Final = (*TABLES, *FUNCTIONS, *POLICIES, *ROLES, POSITIONS)


def catalog_sha256(server: Server) -> str:
    """SHA-256 over the candidate's catalog; empty if the server is gone."""
    try:
        with server.connect(server.superuser, DATABASE) as conn:
            conn.execute("SET search_path = pg_catalog")
            found = objects(conn, _QUESTIONS, [])
    except (psycopg.OperationalError, NotReadError):
        return ""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
