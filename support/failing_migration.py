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
from support.rehearsal import Catalog, Step, catalog_of, differing, versions
from support.revisions import Revision
from support.server import Server

Connection = psycopg.Connection[Any]
_WORDS: Final = "this migration is made to fail at its end"
# As soon as Alembic makes its own table, whatever it is called, that table refuses the last revision.
_MADE_TO_FAIL: Final = f"""CREATE SCHEMA {SCHEMA};
CREATE FUNCTION {SCHEMA}.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_WORDS}'; END $$;
CREATE FUNCTION {SCHEMA}.arm() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $arm$
DECLARE made record;
BEGIN
    FOR made IN SELECT c.oid::regclass AS name FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1 AND a.attname = 'version_num'
        WHERE d.classid = 'pg_class'::regclass AND c.relkind = 'r' AND c.relnatts = 1
    LOOP
        EXECUTE format('CREATE TRIGGER made_to_fail BEFORE INSERT OR UPDATE ON %s FOR EACH ROW
                        WHEN (NEW.version_num = %L) EXECUTE FUNCTION {SCHEMA}.fail()', made.name, {{head}});
    END LOOP;
END $arm$;
CREATE EVENT TRIGGER {SCHEMA}_arm ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION {SCHEMA}.arm()"""


@dataclass(frozen=True)
class Failure:
    """The catalog after the failure and before anything ran, and the revisions that the database says it is at."""

    before: Catalog
    after: Catalog
    versions: tuple[str, ...]


def failing(project: Project, server: Server, history: Sequence[Revision]) -> Failure | None:
    """Let the last of the migrations fail; afterwards the server is as it was. None if it did not fail there."""
    with server.connect(server.superuser, "postgres") as admin:
        here = roles(admin)
        with server.connect(server.superuser, DATABASE) as inside:
            before = catalog_of(inside)
            inside.execute(sql.SQL(_MADE_TO_FAIL).format(head=sql.Literal(history[-1].id)))
            done = run(project, server, ("upgrade", "heads"))
            found = Failure(before, catalog_of(inside), versions(inside))
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

    An index by itself is no trace: CREATE INDEX CONCURRENTLY cannot be part of a transaction.
    """
    at = {step.revision.id: step.catalog for step in steps}
    was = at.get(failure.versions[-1]) if failure.versions else failure.before
    if was is None:
        return ()
    return tuple(name for name in differing(failure.after, was) if not name.startswith("index "))
