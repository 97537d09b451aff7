"""Why PostgreSQL refused: one name per cause, and the error that says a guarantee is broken."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

# SQLSTATE classes that say the statement never reached the rule under test.
_NOT_ASKED = ("08", "0A", "26", "34", "3B", "3D", "3F", "42", "53", "54", "57", "58", "XX")
_A_SENTENCE = 12  # letters, over message, detail and hint; `no` and `refused` say nothing
ACCEPTED = "ZZ001"  # what our own blocks raise to take back what went through
PRIVILEGE = "42501"  # no grant, or row security: the caller has to make sure which


class BrokenError(AssertionError):
    """A guarantee is broken, or cannot be asked of this candidate; the message is what was observed."""


@dataclass
class Refusal:
    """What came of an attempt; `error` is None until it was refused."""

    error: psycopg.Error | None = None

    @property
    def sqlstate(self) -> str:
        return (self.error.sqlstate or "") if self.error else ""

    def names_its_cause(self) -> bool:
        """Whether the refusal is the schema's own, or a constraint's, and says something: a phrase in any language."""
        if self.error is None:
            return False
        diag = self.error.diag
        if diag.source_function != "exec_stmt_raise" and not (diag.constraint_name or diag.table_name):
            return False  # an accident such as a division by zero
        words = (diag.message_primary, diag.message_detail, diag.message_hint, diag.constraint_name)
        letters = [letter for word in words if word for letter in word if letter.isalpha()]
        return len(letters) >= _A_SENTENCE

    def __str__(self) -> str:
        return said(self.error) if self.error else "no error at all"


def said(error: psycopg.Error) -> str:
    """The server's words in one line: message, detail, SQLSTATE."""
    parts = [error.diag.message_primary or str(error).strip().splitlines()[0], error.diag.message_detail or ""]
    return f"{'; '.join(part for part in parts if part)} [{error.sqlstate or 'no SQLSTATE'}]"


def is_asked(sqlstate: str | None, *, own: bool) -> bool:
    """Whether an error with this SQLSTATE says that a rule was asked and refused; `own`: the schema's own RAISE."""
    if own:
        return sqlstate != ACCEPTED
    return sqlstate == PRIVILEGE or (sqlstate is not None and not sqlstate.startswith(_NOT_ASKED))


def is_refusal(error: psycopg.Error) -> bool:
    """Whether the error is the schema refusing, not a statement that could not be understood or a server in trouble."""
    if error.diag.source_function == "ProcessInterrupts":  # lock_timeout, statement_timeout: no answer at all
        return False
    # The schema's own RAISE counts under whatever SQLSTATE it chose.
    return is_asked(error.sqlstate, own=error.diag.source_function == "exec_stmt_raise")


@contextmanager
def refused(what: str) -> Iterator[Refusal]:
    """The block must be refused by the schema.

    `what` completes the sentence "... was accepted". Raises BrokenError if it was accepted, or failed for another reason.
    """
    refusal = Refusal()
    try:
        yield refusal
    except psycopg.Error as error:
        if not is_refusal(error):
            raise BrokenError(f"{what} failed before it was judged: {said(error)}") from error
        refusal.error = error
        return
    raise BrokenError(f"{what} was accepted")


@contextmanager
def accepted(what: str) -> Iterator[None]:
    """The block, an honest statement, must be accepted. Raises BrokenError with the server's words if it is not."""
    try:
        yield
    except psycopg.Error as error:
        raise BrokenError(f"{what} was refused: {said(error)}") from error


@contextmanager
def undone(conn: psycopg.Connection) -> Iterator[None]:
    """Run the block in a transaction, check what is deferred as COMMIT would, and roll back: nothing stays."""
    conn.execute("BEGIN")
    try:
        yield
        conn.execute("SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")
    except BaseException:
        if not conn.closed:
            conn.execute("ROLLBACK")
        raise
