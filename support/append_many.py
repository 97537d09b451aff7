"""Try to append many entries, each by itself, in one round trip: what crosses every rule with every content needs it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from support.ledger import LEDGER, Entry
from support.refusals import BrokenError, is_asked

Connection = psycopg.Connection[Any]
Row = dict[str, Any]

_DO = """DO $compliance$
DECLARE one json; state text; said text; context text; outcomes json[] := '{{}}';
BEGIN
    FOR one IN SELECT * FROM json_array_elements({rows}) LOOP
        BEGIN
            INSERT INTO {ledger} ({columns}) SELECT {columns} FROM json_populate_record(NULL::{ledger}, one);
            SET CONSTRAINTS ALL IMMEDIATE;
            RAISE SQLSTATE 'ZZ001';
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT, context = PG_EXCEPTION_CONTEXT;
            outcomes := outcomes || json_build_array(state, said, split_part(context, chr(10), 1));
        END;
    END LOOP;
    PERFORM set_config('compliance.outcomes', array_to_json(outcomes)::text, false);
END $compliance$"""


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt: accepted, or the SQLSTATE and words of the refusal."""

    sqlstate: str
    said: str
    own: bool  # the schema's own RAISE

    @property
    def accepted(self) -> bool:
        return self.sqlstate == "ZZ001"


def row_of(entry: Entry) -> Row:
    """The entry as it goes into JSON."""
    return {**vars(entry), "created_at": entry.created_at.isoformat()}


def attempts(conn: Connection, rows: Sequence[Row]) -> list[Outcome]:
    """The outcome of appending each row by itself; nothing stays. All rows have the same columns.

    Raises psycopg.Error if the session may not run DO blocks.
    """
    if not rows:
        return []
    query = sql.SQL(_DO).format(
        rows=sql.Literal(json.dumps(rows)),
        ledger=LEDGER,
        columns=sql.SQL(", ").join(map(sql.Identifier, rows[0])),
    )
    with conn.transaction():  # a savepoint, where the caller has a transaction to keep
        conn.execute(query)
    found = conn.execute("SELECT current_setting('compliance.outcomes')::json").fetchone()
    assert found is not None
    return [Outcome(state, said, context.endswith("at RAISE")) for state, said, context in found[0]]


def not_refused(conn: Connection, entries: Iterable[Entry]) -> list[tuple[Entry, Outcome]]:
    """The entries that the schema did not refuse, or that failed before they were judged; nothing stays.

    A session that may not run DO blocks finds nothing this way: it has to try one by one.
    """
    wrong = list(entries)
    try:
        outcomes = attempts(conn, [row_of(entry) for entry in wrong])
    except psycopg.errors.InsufficientPrivilege:
        return []
    pairs = zip(wrong, outcomes, strict=True)
    return [(entry, outcome) for entry, outcome in pairs if not is_asked(outcome.sqlstate, own=outcome.own)]


def refuse_each(conn: Connection, entries: Iterable[Entry], what: str) -> None:
    """Each of the entries, by itself, must be refused by the schema. Raises BrokenError with the first that is not."""
    for entry, outcome in not_refused(conn, entries):
        if outcome.accepted:
            raise BrokenError(f"{what} was accepted: {entry}")
        raise BrokenError(f"{what} failed before it was judged: {outcome.said} [{outcome.sqlstate}]: {entry}")
