"""What one append costs in buffers, and a ledger long enough to see whether that grows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from spec import APP, TABLES, TENANCY
from support.catalog import ledger_parts
from support.ledger import Entry, Organisation, append, values
from support.refusals import undone
from support.server import LIMITS, Server
from support.sowing import add_organisation

Connection = psycopg.Connection[Any]

_BUFFERS = """SELECT sum(pg_catalog.pg_stat_get_xact_blocks_fetched(oid))::bigint FROM pg_catalog.pg_class
              WHERE relkind IN ('r', 'i', 'm', 't', 'S') AND oid >= 16384"""


def _touched(conn: Connection) -> int:
    row = conn.execute(_BUFFERS).fetchone()
    return int(row[0] or 0) if row else 0


def buffers(conn: Connection, entry: Entry) -> int:
    """How many buffers of the candidate's own tables and indexes one append of `entry` touches; it is undone.

    The counters hold what earlier transactions of the session did not report yet: only the difference counts.
    """
    with undone(conn):
        before = _touched(conn)
        append(conn, entry)
        conn.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return _touched(conn) - before


HONEST_LENGTH = 10_000  # entries; written through every trigger and index, 100,000 would take minutes
Way = Callable[[Connection], AbstractContextManager[None]]


@dataclass(frozen=True)
class Cost:
    """Buffers that one append touches: by what is appended, then by the number of entries its chain (the ledger) has."""

    buffers: dict[str, dict[int, int]]


def measure(server: Server, database: str, lengths: Sequence[int], *, honestly: bool) -> Cost:
    """Found an organisation in `database`, let its chain grow to each of `lengths`, and measure appends there.

    The chain grows as fast as it can, with what would hinder it switched off, or `honestly`, to HONEST_LENGTH at most, for
    candidates that keep books of their own about the chain. Raises psycopg.Error if the ledger refuses an honest entry, or
    does not bear the other way; then the database is spoilt.
    """
    with server.connect(server.superuser, database) as admin:
        admin.execute(LIMITS)
        if not honestly:
            return _measured(server, admin, lengths, _unhindered, lambda _: max(lengths))
        lengths = [min(length, HONEST_LENGTH) for length in lengths]
        return _measured(server, admin, lengths, _analysed, lambda reached: min(max(reached, 50), 1000))


def _measured(server: Server, admin: Connection, lengths: Sequence[int], way: Way, step: Callable[[int], int]) -> Cost:
    organisation = add_organisation(admin, "org_long")
    head = organisation.next()
    append(admin, head)
    found: dict[str, dict[int, int]] = {}
    reached = 1
    for length in lengths:
        while reached < length:
            stop = min(reached + step(reached), length)  # an honest append plans for the size it finds
            with way(admin):
                head, reached = head.changed(entry_hash=lengthen(admin, head, reached, stop)), stop
        for what, cost in _costs(server, admin, organisation.grown(head)):
            found.setdefault(what, {})[length] = cost
    return Cost(found)


def _costs(server: Server, admin: Connection, organisation: Organisation) -> Iterator[tuple[str, int]]:
    """What one append touches, by what is appended; the first of its kind is for the plans.

    Not the first entry of an organisation: there the planner's guess about an organisation it never met decides.
    """
    for what, entry in (
        ("the next entry", organisation.next()),
        ("the next entry of another type", organisation.next(type="fee")),
    ):
        yield what, min(buffers(admin, entry) for _ in range(2))
    if APP in server.passwords:
        with server.connect(APP, admin.info.dbname) as conn:
            conn.execute(LIMITS)
            conn.execute("SELECT set_config(%s, %s, false)", [TENANCY.setting, organisation.id])
            try:
                cost = min(buffers(conn, organisation.next()) for _ in range(2))
            except psycopg.errors.LockNotAvailable:
                raise
            except psycopg.Error:
                return  # that the application may append is TEN-02
            yield "the next entry, by the application", cost


def lengthen(admin: Connection, head: Entry, start: int, stop: int) -> str:
    """Add the entries number `start` to `stop` - 1 behind `head`, in one statement. Returns the new head.

    Hashes are well-formed and linked, but of no content: only the number of entries matters. `admin`: superuser of a
    database that is thrown away.
    """
    row = values(head)
    link = "'sha256:' || lpad(to_hex({}), 8, '0') || repeat('0', 56)"
    computed = {
        "id": f"'led_{head.organisation_id[4:]}' || n",
        "prev_entry_hash": f"CASE n WHEN {start} THEN %(head)s ELSE {link.format('n - 1')} END",
        "entry_hash": link.format("n"),
        "created_at": "%(created_at)s + n * interval '1 second'",
    }
    selected = [computed.get(name, f"%({name})s") for name in row]
    query = f"""INSERT INTO public.{TABLES.ledger} ({", ".join(row)}) SELECT {", ".join(selected)}
                FROM generate_series({start}, {stop} - 1) n"""
    admin.execute(query.encode(), {**row, "head": head.entry_hash})
    last = admin.execute(f"SELECT {link.format(str(stop - 1))}".encode()).fetchone()
    assert last is not None
    return str(last[0])


@contextmanager
def _analysed(admin: Connection) -> Iterator[None]:
    """Nothing is switched off; afterwards what autovacuum does in time is done now."""
    yield
    admin.execute(f"VACUUM (ANALYZE) {_tables(admin)}".encode())
    admin.execute("DISCARD PLANS")


@contextmanager
def _unhindered(admin: Connection) -> Iterator[None]:
    """Switch off what would make a bulk load slow, and on again: triggers, foreign keys, checks, indexes."""
    parts = [part.name for part in ledger_parts(admin)]
    triggers = [(part, *found) for part in parts for found in admin.execute(_TRIGGERS, [part]).fetchall()]
    checks = [(part, *found) for part in parts[:1] for found in admin.execute(_CHECKS, [part]).fetchall()]
    before = [f"ALTER TABLE {part} DISABLE TRIGGER {name}" for part, name, _ in triggers]
    before += [f"ALTER TABLE {part} DROP CONSTRAINT {name}" for part, name, _ in checks]
    after = [f"ALTER TABLE {part} ADD CONSTRAINT {name} {rule} NOT VALID" for part, name, rule in checks]
    after += [f"ALTER TABLE {part} ENABLE {_ENABLE[state]} TRIGGER {name}" for part, name, state in triggers]
    after += [f"REINDEX TABLE {part}" for part in parts]
    admin.execute("SET session_replication_role = replica")  # no foreign keys
    for statement in before:
        admin.execute(statement.encode())
    admin.execute(
        "UPDATE pg_catalog.pg_index SET indisready = false, indisvalid = false WHERE indrelid::regclass::text = ANY (%s)",
        [parts],
    )
    yield
    for statement in (*after, "RESET session_replication_role", f"ANALYZE {_tables(admin)}", "DISCARD PLANS"):
        admin.execute(statement.encode())


def _tables(admin: Connection) -> str:
    """The candidate's tables; to look through the catalogues as well would take most of the time."""
    return ", ".join(name for (name,) in admin.execute(_OWN_TABLES))


_OWN_TABLES = """SELECT oid::regclass::text FROM pg_catalog.pg_class
                 WHERE relkind IN ('r', 'p', 'm') AND oid >= 16384 AND relpersistence <> 't'
                 AND relnamespace <> 'pg_toast'::regnamespace AND NOT relispartition"""
_ENABLE = {"O": "", "A": "ALWAYS", "R": "REPLICA"}
_TRIGGERS = """SELECT quote_ident(tgname), tgenabled::text FROM pg_catalog.pg_trigger
               WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled <> 'D'"""
_CHECKS = """SELECT quote_ident(conname), replace(pg_catalog.pg_get_constraintdef(oid), ' NOT VALID', '')
             FROM pg_catalog.pg_constraint WHERE conrelid = %s::regclass AND contype = 'c' AND conislocal"""
