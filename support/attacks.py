"""Statements that try to change or remove ledger entries, each a function of an open session."""

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

import psycopg
from psycopg import sql

from spec import TABLES
from support.catalog import Part
from support.ledger import Organisation, insert, values
from support.refusals import undone

Connection = psycopg.Connection[Any]
Attack = Callable[[Connection], int]  # executes and returns how many rows it says it touched
OTHER_HASH = "sha256:" + "5a" * 32

# What one column alone may be changed to. Nothing else than the ledger's own protection forbids any of it.
CHANGES: dict[str, tuple[str, ...]] = {
    "id": ("'led_changed'",),
    "organisation_id": ("'org_initech'",),
    "type": (*(f"'{value}'" for value in TABLES.values["type"]), "'corrected'"),
    "amount": ("0", "42", "-42", "amount / 2", "-(amount / 2)", "amount - sign(amount)::int", "99"),
    "currency": tuple(f"'{value}'" for value in TABLES.values["currency"]),
    "visibility": tuple(f"'{value}'" for value in TABLES.values["visibility"]),
    "metadata": (
        "'{}'",
        """'{"redacted": true}'""",
        """'{"donor": "erased"}'""",
        "metadata",
        """metadata || '{"note": "x"}'""",
        "metadata - 'donor'",
    ),
    "prev_entry_hash": (f"'{OTHER_HASH}'", "NULL"),
    "entry_hash": (f"'{OTHER_HASH}'", "'sha256:' || encode(sha256(entry_hash::bytea), 'hex')"),
    "created_at": (
        "now()",
        "'2000-01-01'",
        "created_at - interval '1 microsecond'",
        "created_at + interval '3 days'",
        "date_trunc('day', created_at)",
        "now() + interval '1 day'",
    ),
}


def pairs() -> list[str]:
    """UPDATEs of every two columns of one entry at once, for `accepted_anywhere`."""
    both = combinations(CHANGES, 2)
    return [
        f"UPDATE {{ledger}} SET {one} = {CHANGES[one][-1]}, {other} = {CHANGES[other][0]} WHERE id = %L"
        for one, other in both
    ]


def _query(text: str) -> bytes:
    return text.replace("{ledger}", f"public.{TABLES.ledger}").encode()


def statement(text: str, *parameters: Any) -> Attack:
    """One statement; `{ledger}` in it stands for the ledger."""
    query = _query(text)

    def attack(conn: Connection) -> int:
        return conn.execute(query, parameters or None).rowcount

    return attack


def prepared_by(*steps: str, then: Attack) -> Attack:
    """`then`, in a transaction that first runs `steps` and is rolled back."""

    def attack(conn: Connection) -> int:
        with undone(conn):
            for step in steps:
                conn.execute(_query(step))
            return then(conn)

    return attack


DELETION = "DELETE FROM {ledger} WHERE id = %L"


def setting(column: str, changes: Iterable[str]) -> list[str]:
    """UPDATEs of one column of one entry, for `accepted_anywhere`."""
    return [f"UPDATE {{ledger}} SET {column} = {change} WHERE id = %L" for change in changes]


def accepted_anywhere(
    conn: Connection, statements: Iterable[str], *, sees_all: bool = True, where: str = "organisation_id <> 'org_hooli'"
) -> list[str]:
    """Tries each statement on every entry that the session sees, one by one, in one round trip; nothing stays.

    `where`: on which entries; not on those of the long chain, which hold what others hold.

    In a statement, `%L` stands for the entry's id. Returns the statements that were not refused. A session that row
    security binds (`sees_all` false) may also find no row to change.
    """
    fits = "true" if sees_all else "touched > 0"
    texts = ", ".join("'" + text.replace("'", "''") + "'" for text in statements)
    block = _query(
        f"""DO $$
        DECLARE entry text; change text; refused boolean; touched bigint; accepted text[] := '{{}}';
        BEGIN
            FOR entry IN SELECT id FROM {{ledger}} WHERE {where} LOOP
                FOREACH change IN ARRAY ARRAY[{texts}] LOOP
                    refused := false;
                    BEGIN
                        EXECUTE format(change, entry);
                        GET DIAGNOSTICS touched = ROW_COUNT;
                        SET CONSTRAINTS ALL IMMEDIATE;
                        RAISE SQLSTATE 'ZZ001';
                    EXCEPTION
                        WHEN SQLSTATE 'ZZ001' THEN refused := NOT ({fits});  -- accepted, and rolled back with this block
                        WHEN OTHERS THEN refused := true;
                    END;
                    IF NOT refused THEN
                        accepted := accepted || format(change, entry);
                    END IF;
                END LOOP;
            END LOOP;
            PERFORM set_config('compliance.accepted', to_json(accepted)::text, false);
        END $$"""
    )
    try:
        with conn.transaction():  # a savepoint, where the caller has a transaction to keep
            conn.execute(block)
    except psycopg.errors.InsufficientPrivilege:
        return []  # it may not run DO blocks, and has to try one by one
    row = conn.execute("SELECT current_setting('compliance.accepted')::json").fetchone()
    return sorted(row[0]) if row else []


def upsert(organisation: Organisation, constraint: str) -> Attack:
    """INSERT ... ON CONFLICT DO UPDATE: an honest next entry under the id of the first one."""
    row = values(organisation.next(id=organisation.entries[0].id))
    arbiter = sql.Identifier(constraint).as_string()
    query, parameters = insert([row], f"ON CONFLICT ON CONSTRAINT {arbiter} DO UPDATE SET amount = 7")

    def attack(conn: Connection) -> int:
        return conn.execute(query, parameters).rowcount

    return attack


def on_part(part: Part) -> dict[str, Attack]:
    """Attacks straight at a partition or child table of the ledger."""
    return {
        f"an UPDATE of {part.name}": statement(f"UPDATE {part.name} SET amount = 7"),
        f"a DELETE from {part.name}": statement(f"DELETE FROM {part.name}"),
        f"a TRUNCATE of {part.name}": statement(f"TRUNCATE {part.name} CASCADE"),
    }
