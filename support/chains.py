"""Judgements about links: what must be refused, what must be accepted, and what the ledger must look like afterwards."""

from typing import Any

import psycopg

from support.ledger import Entry, Organisation, append, entries_of, in_chain_order
from support.refusals import PRIVILEGE, BrokenError, Refusal, accepted, refused, said, undone

Connection = psycopg.Connection[Any]
UNKNOWN = "sha256:" + "7e" * 32


def may_append(conn: Connection, entry: Entry) -> bool:
    """Whether the session may append an honest entry at all; nothing stays.

    A role without the privilege, or kept out by row security, is no danger to the chain: that it may not is for
    tests_security to judge. Raises BrokenError if the ledger refuses for any other reason.
    """
    try:
        with undone(conn):
            append(conn, entry)
    except psycopg.Error as error:
        if error.sqlstate == PRIVILEGE:
            return False
        raise BrokenError(f"the honest next entry was refused: {said(error)}") from error
    return True


def takes(conn: Connection, entry: Entry) -> bool:
    """Whether the ledger takes this honest entry from this session, for whatever reason not; nothing stays."""
    try:
        with undone(conn):
            append(conn, entry)
    except psycopg.Error:
        return False
    return True


def refuse(conn: Connection, *entries: Entry, what: str) -> Refusal:
    """Appending these in one statement, a transaction of its own, must be refused. Raises BrokenError."""
    with refused(what) as refusal:
        append(conn, *entries)
    return refusal


def accept(conn: Connection, entry: Entry, what: str = "the honest next entry") -> None:
    """Appending this must be accepted, and is committed. Raises BrokenError with the server's words."""
    with accepted(what):
        append(conn, entry)


LINKS = (
    "no link",
    "the first entry",
    "an entry in the middle",
    "the entry before the head",
    "the head of another organisation",
    "the first entry of another organisation",
    "a hash that no entry has",
    "the head in upper case",
    "the head with its last digit changed",
    "the head with a digit in its middle changed",
    "a hash of zeros",
    "the head without its last digit",
    "the head without its prefix",
    "the prefix alone",
    "the empty string",
    "the word null",
    "a pattern that the head matches",
)


def wrong_links(organisation: Organisation, other: Organisation) -> dict[str, str | None]:
    """Every kind of wrong link for the organisation's next entry, by its name in LINKS. It has two entries or more."""
    head = organisation.head
    assert head is not None
    links = (
        None,
        organisation.entries[0].entry_hash,
        organisation.entries[len(organisation.entries) // 2].entry_hash,
        organisation.entries[-2].entry_hash,
        other.head,
        other.entries[0].entry_hash,
        UNKNOWN,
        head.upper(),
        head[:-1] + ("0" if head[-1] != "0" else "1"),
        head[:38] + ("0" if head[38] != "0" else "1") + head[39:],
        "sha256:" + "0" * 64,
        head[:-1],
        head.removeprefix("sha256:"),
        "sha256:",
        "",
        "null",
        "sha256:%",
    )
    return dict(zip(LINKS, links, strict=True))


def one_chain(admin: Connection, organisation: Organisation) -> None:
    """The organisation's stored entries must be exactly these, in this order. Raises BrokenError."""
    try:
        found = in_chain_order(entries_of(admin, organisation.id))
    except ValueError as error:
        raise BrokenError(f"the entries of {organisation.id} form no chain: {error}") from None
    if [entry.id for entry in found] != [entry.id for entry in organisation.entries]:
        raise BrokenError(
            f"the chain of {organisation.id} is {[entry.id for entry in found]}, "
            f"honestly appended were {[entry.id for entry in organisation.entries]}"
        )
