"""What a ledger has to hold after a crash or a recovery, from what the clients of the server know; and what it holds."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any, Final

import psycopg
from psycopg import sql

from support.ledger import LEDGER, Entry, in_chain_order
from support.recovery.writers import Attempt

Connection = psycopg.Connection[Any]
_SHOWN: Final = 3


@dataclass(frozen=True)
class Bounds:
    """Entries that have to be there, and those that may; by id."""

    certain: dict[str, Entry]
    possible: dict[str, Entry]


def bounds(attempts: Iterable[Attempt], *, until: float | None = None) -> Bounds:
    """What the attempts make certain and possible, of those committed until a moment (seconds since 1970) if one is given."""
    certain, possible = dict[str, Entry](), dict[str, Entry]()
    for attempt in attempts:
        if attempt.sent is None or (until is not None and attempt.sent > until):
            continue
        sure = attempt.acknowledged is not None and (until is None or attempt.acknowledged < until)
        for entry in attempt.entries:
            (certain if sure else possible)[entry.id] = entry
    return Bounds(certain, possible)


def every_entry(conn: Connection) -> dict[str, Entry]:
    """Every entry that the session sees, by its id."""
    columns = sql.SQL(", ").join(sql.Identifier(field.name) for field in fields(Entry))
    return {row[0]: Entry(*row) for row in conn.execute(sql.SQL("SELECT {} FROM {}").format(columns, LEDGER))}


def _some(ids: Iterable[str]) -> str:
    found = sorted(ids)
    return ", ".join(found[:_SHOWN]) + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")


def differences(
    found: dict[str, Entry], before: dict[str, Entry], told: Bounds, attempts: Iterable[Attempt]
) -> list[str]:
    """What is wrong with a ledger, a sentence each; nothing if it is as it has to be.

    `before`: what stood there when the attempts began, and stands there still.
    """
    wrong = []
    certain = before | told.certain

    def tell(ids: Iterable[str], what: Callable[[str], str]) -> None:
        if some := _some(ids):
            wrong.append(what(some))

    tell(certain.keys() - found.keys(), lambda ids: f"committed and not there: {ids}")
    tell(found.keys() - certain.keys() - told.possible.keys(), lambda ids: f"there and never committed: {ids}")
    known = certain | told.possible
    tell((id_ for id_ in found.keys() & known.keys() if found[id_] != known[id_]), lambda ids: f"changed: {ids}")
    for attempt in attempts:
        there = Counter(entry.id in found for entry in attempt.entries)
        if len(there) > 1:
            wrong.append(f"half of a transaction is there: {_some(entry.id for entry in attempt.entries)}")
    return wrong + broken_chains(found.values())


def broken_chains(entries: Iterable[Entry]) -> list[str]:
    """Organisations whose entries are not one chain, a sentence each."""
    chains: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        chains[entry.organisation_id].append(entry)
    wrong = []
    for organisation, chain in sorted(chains.items()):
        try:
            in_chain_order(chain)
        except ValueError as error:
            wrong.append(f"the chain of {organisation} is broken: {error}")
    return wrong
