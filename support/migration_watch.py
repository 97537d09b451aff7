"""What happens to the ledger while a migration runs, seen from inside its transactions.

After each DDL command an event trigger tries the attacks that the ledger refuses, and writes down which went through; it undoes
them. What stood open when a transaction committed stood open to everybody; what was closed again before did not.
"""

from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from spec import APP, TABLES

Connection = psycopg.Connection[Any]
SCHEMA: Final = "amply_rehearsal"

_TRIED: Final = f"""
CREATE FUNCTION {SCHEMA}.tried(attack text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog SET session_replication_role = origin AS $watch$
DECLARE touched bigint;
BEGIN
    EXECUTE attack;
    GET DIAGNOSTICS touched = ROW_COUNT;
    RAISE SQLSTATE 'ZZ001' USING MESSAGE = touched::text;
EXCEPTION
    WHEN SQLSTATE 'ZZ001' THEN RETURN SQLERRM <> '0' OR attack LIKE 'TRUNCATE%';
    WHEN OTHERS THEN RETURN false;
END $watch$"""
_ATTACKS: Final = {
    "UPDATE": f"UPDATE public.{TABLES.ledger} SET amount = amount + 1 WHERE id = '{{entry}}'",
    "DELETE": f"DELETE FROM public.{TABLES.ledger} WHERE id = '{{entry}}'",
    "TRUNCATE": f"TRUNCATE public.{TABLES.ledger}",
    "a wrong link": f"""INSERT INTO public.{TABLES.ledger} SELECT (jsonb_populate_record(e, jsonb_build_object('id', 'led_zz',
        'entry_hash', 'sha256:' || repeat('5', 64), 'prev_entry_hash', 'sha256:' || repeat('6', 64)))).*
        FROM public.{TABLES.ledger} e WHERE id = '{{entry}}'""",
}
_OPEN: Final = f"""
CREATE FUNCTION {SCHEMA}.open() RETURNS text[] LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $watch$
    SELECT array(
        SELECT what FROM (VALUES {{attacks}}) AS a (what, attack) WHERE {SCHEMA}.tried(attack)
        UNION ALL SELECT 'row security of ' || relname || ' is off' FROM pg_class
        WHERE oid = to_regclass('public.{TABLES.ledger}') AND NOT relrowsecurity
        UNION ALL SELECT privilege || ' is granted to {APP}'
        FROM pg_class, to_regrole('{APP}') app, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) privilege
        WHERE pg_class.oid = to_regclass('public.{TABLES.ledger}') AND app IS NOT NULL
        AND CASE privilege WHEN 'UPDATE' THEN has_any_column_privilege(app, pg_class.oid, privilege)
            ELSE has_table_privilege(app, pg_class.oid, privilege) END)
$watch$"""
_WATCH: Final = f"""
CREATE TABLE {SCHEMA}.seen (n serial, xid xid8, began timestamptz, ended timestamptz, command text, stands_open text[]);
CREATE TABLE {SCHEMA}.locks (n serial, xid xid8, began timestamptz, ended timestamptz);
CREATE FUNCTION {SCHEMA}.begins() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $watch$
BEGIN
    PERFORM set_config('{SCHEMA}.began', clock_timestamp()::text, false);  -- CONCURRENTLY commits between begin and end
END $watch$;
CREATE FUNCTION {SCHEMA}.ends() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $watch$
BEGIN
    INSERT INTO {SCHEMA}.seen (xid, began, ended, command, stands_open) VALUES (pg_current_xact_id(),
        current_setting('{SCHEMA}.began', true)::timestamptz, clock_timestamp(), tg_tag, {SCHEMA}.open());
    INSERT INTO {SCHEMA}.locks (xid, began) SELECT pg_current_xact_id(), current_setting('{SCHEMA}.began')::timestamptz
        WHERE EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
            AND relation IN (SELECT to_regclass('public.{TABLES.ledger}')::oid
                UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass('public.{TABLES.ledger}'))
            AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
        AND NOT EXISTS (SELECT FROM {SCHEMA}.locks WHERE xid = pg_current_xact_id());
END $watch$;
CREATE FUNCTION {SCHEMA}.commits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $watch$
BEGIN
    UPDATE {SCHEMA}.locks SET ended = clock_timestamp() WHERE n = NEW.n;
    RETURN NULL;
END $watch$;
CREATE CONSTRAINT TRIGGER commits AFTER INSERT ON {SCHEMA}.locks DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.commits();
CREATE EVENT TRIGGER {SCHEMA}_begins ON ddl_command_start EXECUTE FUNCTION {SCHEMA}.begins();
CREATE EVENT TRIGGER {SCHEMA}_ends ON ddl_command_end EXECUTE FUNCTION {SCHEMA}.ends()"""


@dataclass(frozen=True)
class Watched:
    """One migration: what stood open at a commit in its midst and is closed again, and the longest lock in seconds."""

    windows: list[str]
    locked: float


def install(admin: Connection, entry: str) -> None:
    """Watch the database from now on; `entry` is the id of an entry of its ledger. `admin`: superuser."""
    pairs = [[sql.Literal(text).as_string() for text in (what, a.format(entry=entry))] for what, a in _ATTACKS.items()]
    attacks = ", ".join(f"({what}, {attack})" for what, attack in pairs)
    for statement in (f"CREATE SCHEMA {SCHEMA}", _TRIED, _OPEN.replace("{attacks}", attacks), _WATCH):
        admin.execute(statement.encode())


def stands_open(admin: Connection) -> set[str]:
    """What goes through now, as words."""
    found = admin.execute(f"SELECT {SCHEMA}.open()".encode()).fetchone()
    return set(found[0]) if found else set()


def watched(admin: Connection, before: set[str]) -> Watched:
    """What was seen since the last call. `before`: what stood open when the migration began."""
    query = f"""SELECT DISTINCT ON (xid) command, stands_open FROM {SCHEMA}.seen ORDER BY xid, n DESC"""
    after = stands_open(admin)
    commits = [(command, set(open_)) for command, open_ in admin.execute(query.encode()).fetchall()]
    windows = [
        f"after {command}: {', '.join(sorted(open_ - before - after))}"
        for command, open_ in commits
        if open_ - before - after
    ]
    held = f"SELECT coalesce(max(extract(epoch FROM ended - began)), 0)::float FROM {SCHEMA}.locks"
    longest = admin.execute(held.encode()).fetchone()
    admin.execute(f"TRUNCATE {SCHEMA}.seen, {SCHEMA}.locks".encode())
    return Watched(windows, longest[0] if longest else 0.0)
