"""Does the ledger resist an attack? The judgement that all append-only tests share."""

import psycopg

from spec import TABLES
from support.attacks import Attack, Connection
from support.ledger import stored
from support.refusals import BrokenError, Refusal, is_refusal, said

NOT_SUPPORTED = "0A000"


def resist(conn: Connection, attack: Attack, what: str, *, sees_all: bool) -> Refusal:
    """The attack must be refused with an error.

    A session that row security binds (`sees_all` false) may also find no row to change; whether rows are unchanged is for
    `unchanged` to say. Raises BrokenError with what was observed.
    """
    what = what.replace("{ledger}", TABLES.ledger)
    try:
        touched = attack(conn)
    except psycopg.Error as error:
        if not is_refusal(error) and error.sqlstate != NOT_SUPPORTED:  # this form cannot be used here: no way in either
            raise BrokenError(f"{what} failed before it was judged: {said(error)}") from error
        return Refusal(error)
    if touched > 0:
        raise BrokenError(f"{what} was accepted: {touched} row(s) touched")
    if sees_all:
        raise BrokenError(f"{what} was accepted in silence, with no row touched and no error")
    return Refusal()


def resists(conn: Connection, attack: Attack) -> bool:
    """Whether an attack that leaves nothing is refused, by whatever: the control of an attack under special conditions."""
    try:
        attack(conn)
    except psycopg.Error:
        return True
    return False


def unchanged(admin: Connection, before: list[str], what: str) -> None:
    """The whole ledger must be what it was. Raises BrokenError with the first difference."""
    after = stored(admin)
    if after == before:
        return
    gone = sorted(set(before) - set(after))
    came = sorted(set(after) - set(before))
    raise BrokenError(
        f"after {what} the ledger is not what it was: {len(gone)} row(s) gone, {len(came)} new; "
        f"first gone: {gone[:1]}; first new: {came[:1]}"
    )


def empties(conn: Connection, attack: Attack, what: str) -> None:
    """A TRUNCATE must be refused; that something refers to the table is a refusal too. Raises BrokenError."""
    what = what.replace("{ledger}", TABLES.ledger)
    try:
        attack(conn)
    except psycopg.Error as error:
        if is_refusal(error) or error.sqlstate == NOT_SUPPORTED:
            return
        raise BrokenError(f"{what} failed before it was judged: {said(error)}") from error
    raise BrokenError(f"{what} was accepted")
