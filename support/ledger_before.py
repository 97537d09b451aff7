"""A copy of the ledger as it was before a migration, and what the migration did to its entries."""

from typing import Any, Final

import psycopg
from psycopg import sql

from spec import TABLES
from support.append_cost import lengthen
from support.catalog import ledger_parts
from support.ledger import LEDGER, append
from support.migration_watch import SCHEMA
from support.sowing import ACME, add_organisation, sow

Connection = psycopg.Connection[Any]
_COPY: Final = sql.Identifier(SCHEMA, "before")
_WRITER: Final = sql.Identifier("amply_written_by")  # the transaction that wrote the row
_SHOWN: Final = 5
_ENABLE: Final = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}
_TRIGGERS: Final = """SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled::text FROM pg_catalog.pg_trigger
    WHERE tgrelid::regclass::text = ANY (%s) AND NOT tgisinternal AND tgenabled <> 'D' AND tgparentid = 0"""
_COLUMNS: Final = """SELECT attname FROM pg_catalog.pg_attribute
    WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""


def fill(admin: Connection, entries: int) -> str:
    """Varied entries of two organisations, and a chain of `entries` of a third. Returns the id of an entry.

    The long chain goes in past the triggers, which are then as they were. `admin`: superuser.
    Raises psycopg.Error if the ledger does not take honest entries.
    """
    sow(admin)
    if entries:
        head = add_organisation(admin, "org_long").next()
        append(admin, head)
        triggers = admin.execute(_TRIGGERS, [[part.name for part in ledger_parts(admin)]]).fetchall()
        with admin.transaction():
            admin.execute("SET LOCAL session_replication_role = replica")
            for table, name, _ in triggers:
                admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}".encode())
            lengthen(admin, head, 1, entries)
            for table, name, state in triggers:
                admin.execute(f"ALTER TABLE {table} {_ENABLE[state]} TRIGGER {name}".encode())
        admin.execute(sql.SQL("ANALYZE {}").format(LEDGER))
    found = admin.execute(
        sql.SQL("SELECT min(id) FROM {} WHERE organisation_id = %s").format(LEDGER), [ACME]
    ).fetchone()
    assert found is not None
    return str(found[0])


def storage(admin: Connection) -> dict[str, int]:
    """The file of the ledger and of each of its parts: another one after a rewrite."""
    query = "SELECT pg_catalog.pg_relation_filenode(%s::regclass)"
    found = {part.name: admin.execute(query, [part.name]).fetchone() for part in ledger_parts(admin)}
    return {name: row[0] for name, row in found.items() if row and row[0]}


def remember(admin: Connection) -> None:
    """Copy the ledger, whole."""
    admin.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_COPY))
    admin.execute(sql.SQL("CREATE TABLE {} AS SELECT e.*, e.xmin::text AS {} FROM {} e").format(_COPY, _WRITER, LEDGER))


def is_there(admin: Connection) -> bool:
    """Whether there is a ledger whose entries can be told apart."""
    return "id" in [name for (name,) in admin.execute(_COLUMNS, [_ledger()])]


def changed(admin: Connection, *, documented: bool = False, in_place: bool = False) -> list[str]:
    """What became of the entries since `remember`: lost, new, or with other bytes in a column that was there before.

    `documented`: in a documented column; a downgrade takes back the columns that an upgrade added. `in_place`: the table is
    stored where it was, so that a row that was written again shows, even with the same bytes.
    """
    before, after = (
        [name for (name,) in admin.execute(_COLUMNS, [table])] for table in (f"{SCHEMA}.before", _ledger())
    )
    before = [name for name in before if name != "amply_written_by" and (name in TABLES.columns or not documented)]
    if not after:
        return ["the ledger is gone"]
    found = [f"the column {name} is gone" for name in before if name not in after]
    kept = [name for name in before if name in after and name != "id"]
    if "id" not in after:
        return found
    pairs = sql.SQL(", ").join(
        sql.SQL("({}, b.{}::text, e.{}::text)").format(sql.Literal(name), *[sql.Identifier(name)] * 2) for name in kept
    )
    same = sql.SQL(" AND ").join(
        sql.SQL("b.{0}::text IS NOT DISTINCT FROM e.{0}::text").format(sql.Identifier(name)) for name in kept
    )
    query = sql.SQL(
        """SELECT coalesce(b.id, e.id), b.id IS NULL, e.id IS NULL, (SELECT string_agg(format('%%s was %%s and is %%s', c,
               coalesce(was, 'NULL'), coalesce(now, 'NULL')), ', ') FROM (VALUES {pairs}) v (c, was, now)
               WHERE was IS DISTINCT FROM now), count(*) OVER ()
           FROM {copy} b FULL JOIN {ledger} e ON b.id = e.id
           WHERE b.id IS NULL OR e.id IS NULL OR NOT ({same}) OR ({in_place} AND b.{writer} <> e.xmin::text)
           ORDER BY 1 LIMIT %s"""
    ).format(pairs=pairs, copy=_COPY, ledger=LEDGER, same=same, in_place=sql.Literal(in_place), writer=_WRITER)
    rows = admin.execute(query, [_SHOWN]).fetchall()
    for id_, new, lost, how, _ in rows:
        found.append(
            f"entry {id_} is " + ("new" if new else "lost" if lost else f"changed: {how}" if how else "written again")
        )
    if rows and rows[0][4] > len(rows):
        found.append(f"{rows[0][4]} entries in all")
    return found


def _ledger() -> str:
    return f"public.{TABLES.ledger}"
