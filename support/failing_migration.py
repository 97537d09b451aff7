"""Migrations of which the last is made to fail at its end: what they leave behind, in an empty database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from support.catalog import roles
from support.migration_watch import SCHEMA
from support.migrations import Project, run
from support.rds_like import DATABASE, create_database
from support.rehearsal import Catalog, Step, catalog_of, differing, version_table, versions
from support.revisions import Revision
from support.server import Server

Connection = psycopg.Connection[Any]
_WORDS: Final = "this migration is made to fail at its end"
# As soon as Alembic makes its own table, whatever it is called, that table refuses the last revision. What was committed is
# written down with its transaction, and so is each revision; an index and a value of an enumeration may come by themselves.
_MADE_TO_FAIL: Final = f"""CREATE SCHEMA {SCHEMA};
CREATE SEQUENCE {SCHEMA}.n;
CREATE TABLE {SCHEMA}.commands (n int DEFAULT nextval('{SCHEMA}.n'), xid xid8, what text);
CREATE TABLE {SCHEMA}.revisions (n int DEFAULT nextval('{SCHEMA}.n'), xid xid8, revision text);
GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC;
CREATE FUNCTION {SCHEMA}.fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $fail$
BEGIN
    IF NEW.version_num = {{head}} THEN RAISE EXCEPTION '{_WORDS}'; END IF;
    INSERT INTO {SCHEMA}.revisions (xid, revision) VALUES (pg_current_xact_id(), NEW.version_num);
    RETURN NEW;
END $fail$;
CREATE FUNCTION {SCHEMA}.arm() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $arm$
DECLARE made record;
BEGIN
    FOR made IN SELECT c.oid::regclass AS name FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1 AND a.attname = 'version_num'
        WHERE d.classid = 'pg_class'::regclass AND c.relkind = 'r' AND c.relnatts = 1 AND tg_tag = 'CREATE TABLE'
    LOOP
        EXECUTE format('CREATE TRIGGER made_to_fail BEFORE INSERT OR UPDATE ON %s FOR EACH ROW
                        EXECUTE FUNCTION {SCHEMA}.fail()', made.name);
        DELETE FROM {SCHEMA}.commands;  -- what env.py makes before the first revision
        INSERT INTO {SCHEMA}.revisions (xid) VALUES (pg_current_xact_id());
    END LOOP;
    INSERT INTO {SCHEMA}.commands (xid, what) SELECT pg_current_xact_id(), lower(tg_tag) || coalesce(' ' || string_agg(
        object_identity, ', '), '') FROM pg_event_trigger_ddl_commands()
        WHERE tg_tag NOT LIKE '%INDEX' AND tg_tag <> 'ALTER TYPE' HAVING count(*) > 0;
END $arm$;
CREATE FUNCTION {SCHEMA}.dropped() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $arm$
BEGIN
    INSERT INTO {SCHEMA}.commands (xid, what) SELECT pg_current_xact_id(), 'drop ' || object_type || ' ' || object_identity
        FROM pg_event_trigger_dropped_objects() WHERE original AND object_type <> 'index';
END $arm$;
CREATE EVENT TRIGGER {SCHEMA}_arm ON ddl_command_end EXECUTE FUNCTION {SCHEMA}.arm();
CREATE EVENT TRIGGER {SCHEMA}_dropped ON sql_drop EXECUTE FUNCTION {SCHEMA}.dropped()"""
_BY_ITSELF: Final = f"""SELECT what || ' by ' || coalesce((SELECT revision FROM {SCHEMA}.revisions r
        WHERE r.n > c.n AND revision IS NOT NULL ORDER BY n LIMIT 1), %(last)s) FROM {SCHEMA}.commands c
    WHERE NOT EXISTS (SELECT FROM {SCHEMA}.revisions r WHERE r.xid = c.xid) ORDER BY n"""


@dataclass(frozen=True)
class Failure:
    """The catalog after the failure and before anything ran, the revisions that the database says it is at, and what
    migrations committed apart from their revision."""

    before: Catalog
    after: Catalog
    versions: tuple[str, ...]
    by_itself: tuple[str, ...]
    table: str = ""  # Alembic's own, which stays


def failing(project: Project, server: Server, history: Sequence[Revision]) -> Failure | None:
    """Let the last of the migrations fail; afterwards the server is as it was. None if it did not fail there."""
    with server.connect(server.superuser, "postgres") as admin:
        here = roles(admin)
        with server.connect(server.superuser, DATABASE) as inside:
            before = catalog_of(inside)
            inside.execute(sql.SQL(_MADE_TO_FAIL).format(head=sql.Literal(history[-1].id)))
            done = run(project, server, ("upgrade", "heads"))
            alone = tuple(what for (what,) in inside.execute(_BY_ITSELF.encode(), {"last": history[-1].id}).fetchall())
            found = Failure(before, catalog_of(inside), versions(inside), alone, version_table(inside))
        _anew(admin, here)
    return found if done.returncode and _WORDS in done.stdout + done.stderr else None


def _anew(admin: Connection, here: set[str]) -> None:
    """An empty database, and no roles but those that were there."""
    admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
    for role in roles(admin) - here:
        admin.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(role)))
    create_database(admin)


def left_behind(failure: Failure, steps: Sequence[Step]) -> tuple[str, ...]:
    """What is not as it was after the revision that the database says it is at.

    An index by itself is no trace: CREATE INDEX CONCURRENTLY cannot be part of a transaction; nor is a value of a type.
    """
    was = {step.versions: step.catalog for step in steps if not step.failed}.get(failure.versions)
    was = was if failure.versions else failure.before
    traces = differing(failure.after, was) if was is not None else ()
    place = failure.table.rpartition(".")[0]
    own = [
        name
        for name in traces
        if name.startswith(("index ", "type "))
        or (failure.table and failure.table in name)
        or (place not in ("", "public") and name.endswith(f"schema {place}"))
    ]
    return tuple(dict.fromkeys([*failure.by_itself, *(name for name in traces if name not in own)]))
