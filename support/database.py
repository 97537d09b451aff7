"""Databases on the disposable server: clone, drop, and the settings that a clone does not inherit."""

import psycopg
from psycopg import sql

from support.server import Server

PREFIX = "amply_"
MARK = "made by amply-compliance, disposable"


def clone(server: Server, template: str, name: str, conn: psycopg.Connection | None = None) -> None:
    """Create `name` as a file copy of `template`, owned like it, with its ALTER DATABASE ... SET settings.

    Nobody may be connected to the template. `conn`: the superuser's connection to another database, if there is one.
    Raises psycopg.Error.
    """
    if conn is None:
        with server.connect(server.superuser, "postgres") as own:
            clone(server, template, name, own)
        return
    owner = conn.execute(
        "SELECT datdba::regrole::text FROM pg_catalog.pg_database WHERE datname = %s", [template]
    ).fetchone()
    assert owner is not None
    conn.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(template), sql.SQL(owner[0])
        )
    )
    conn.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(MARK)))
    _copy_settings(conn, template, name)


def _copy_settings(conn: psycopg.Connection, template: str, name: str) -> None:
    query = """SELECT s.setrole, r.rolname, split_part(c.setting, '=', 1), substr(c.setting, strpos(c.setting, '=') + 1)
               FROM pg_catalog.pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS c(setting)
               LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
               WHERE s.setdatabase = (SELECT oid FROM pg_catalog.pg_database WHERE datname = %s)"""
    for _, role, setting, value in conn.execute(query, [template]).fetchall():
        whose = sql.SQL("ROLE {} IN DATABASE {}").format(sql.Identifier(role), sql.Identifier(name)) if role else None
        conn.execute(
            sql.SQL("ALTER {} SET {} = {}").format(
                whose or sql.SQL("DATABASE {}").format(sql.Identifier(name)),
                sql.Identifier(setting),
                sql.Literal(value),
            )
        )


def drop(server: Server, name: str) -> None:
    """Drop `name`, ending whoever is connected to it."""
    with server.connect(server.superuser, "postgres") as conn:
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
