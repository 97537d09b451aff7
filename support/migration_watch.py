"""What happens to the ledger while a migration runs, seen from inside its transactions.

After each DDL command an event trigger tries the attacks that the ledger refuses, and writes down which went through; it undoes
them. What stood open when a transaction committed stood open to everybody; what was closed again before did not.
"""

from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from spec import APP, TABLES, TENANCY

Connection = psycopg.Connection[Any]
SCHEMA: Final = "amply_rehearsal"

_TRIED: Final = f"""
CREATE FUNCTION {SCHEMA}.tried(attack text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog SET session_replication_role = origin SET lock_timeout = '100ms' AS $watch$
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
# What protects the ledger and the other isolated tables, as words: what is not there at a commit, but before and after, was
# taken away for a while; a policy or a privilege that is there then alone was given for a while.
_STATE: Final = f"""
CREATE FUNCTION {SCHEMA}.state() RETURNS text[] LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $watch$
    WITH guarded AS (SELECT c.* FROM pg_class c WHERE c.oid = ANY (ARRAY[{{tables}}]))
    SELECT array(
        SELECT 'trigger ' || tgname || ' of ' || relname || ' ' || tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
            || ' ' || md5(p.prosrc) FROM guarded c JOIN pg_trigger t ON tgrelid = c.oid JOIN pg_proc p ON p.oid = tgfoid
            WHERE NOT tgisinternal
        UNION ALL SELECT 'constraint ' || conname || ' of ' || relname || ' ' || pg_get_constraintdef(k.oid)
            FROM guarded c JOIN pg_constraint k ON conrelid = c.oid
        UNION ALL SELECT 'policy ' || polname || ' of ' || relname || concat(' ', polcmd::text, polpermissive, polroles::text,
            pg_get_expr(polqual, c.oid), pg_get_expr(polwithcheck, c.oid)) FROM guarded c JOIN pg_policy ON polrelid = c.oid
        UNION ALL SELECT 'row security of ' || relname FROM guarded WHERE relrowsecurity
        UNION ALL SELECT 'forced row security of ' || relname FROM guarded WHERE relforcerowsecurity
        UNION ALL SELECT 'privilege ' || privilege_type || ' on ' || relname || ' of ' || grantee::regrole::text
            FROM guarded c, aclexplode(c.relacl))
$watch$"""
_WATCH: Final = f"""
CREATE TABLE {SCHEMA}.seen (n serial, xid xid8, command text, stands_open text[], state text[]);
CREATE FUNCTION {SCHEMA}.ends() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $watch$
BEGIN
    INSERT INTO {SCHEMA}.seen (xid, command, stands_open, state)
        VALUES (pg_current_xact_id(), tg_tag, {SCHEMA}.open(), {SCHEMA}.state());
END $watch$;
GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC;
CREATE EVENT TRIGGER {SCHEMA}_ends ON ddl_command_end EXECUTE FUNCTION {SCHEMA}.ends()"""
_PASSING: Final = ("policy ", "privilege ")


@dataclass(frozen=True)
class Standing:
    """What goes through, and what protects, as words."""

    stands_open: frozenset[str]
    state: frozenset[str]


def install(admin: Connection, entry: str) -> None:
    """Watch the database from now on; `entry` is the id of an entry of its ledger. `admin`: superuser."""
    pairs = [[sql.Literal(text).as_string() for text in (what, a.format(entry=entry))] for what, a in _ATTACKS.items()]
    attacks = ", ".join(f"({what}, {attack})" for what, attack in pairs)
    names = dict.fromkeys((TABLES.ledger, *TENANCY.tables))
    guarded = ", ".join(f"to_regclass('public.{name}')::oid" for name in names)
    statements = (_TRIED, _OPEN.replace("{attacks}", attacks), _STATE.replace("{tables}", guarded), _WATCH)
    for statement in (f"CREATE SCHEMA {SCHEMA}", *statements):
        admin.execute(statement.encode())


def standing(admin: Connection) -> Standing:
    """How things stand now."""
    found = admin.execute(f"SELECT {SCHEMA}.open(), {SCHEMA}.state()".encode()).fetchone()
    assert found is not None
    return Standing(frozenset(found[0]), frozenset(found[1]))


def windows(admin: Connection, before: Standing) -> list[str]:
    """What stood open, or was taken away, at a commit since the last call and is not so now, a sentence each.

    `before`: how things stood when the migration began.
    """
    query = f"SELECT DISTINCT ON (xid) command, stands_open, state FROM {SCHEMA}.seen ORDER BY xid, n DESC"
    after, found = standing(admin), list[str]()
    for command, stands_open, state in admin.execute(query.encode()).fetchall():
        opened = set(stands_open) - before.stands_open - after.stands_open
        away = (before.state & after.state) - set(state)
        given = {one for one in set(state) - before.state - after.state if one.startswith(_PASSING)}
        told = [*sorted(opened), *(f"without {_short(one)}" for one in sorted(away)), *map(_short, sorted(given))]
        if told:
            found.append(f"after {command}: {', '.join(told)}")
    admin.execute(f"TRUNCATE {SCHEMA}.seen".encode())
    return found


def _short(words: str) -> str:
    """The object's name, without what it is."""
    return " ".join(words.split()[: 6 if words.startswith("privilege ") else 4])
