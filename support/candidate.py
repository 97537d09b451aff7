"""A candidate in SQL files, applied to a database; what the server refuses is told by file and line."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from support.passwords import hidden, masked
from support.redaction import learn_from, redacted
from support.sql_file import SqlFileError, Statement, files, split

_SHOWN: Final = 100  # characters of a refused statement


class CandidateError(Exception):
    """The candidate cannot be applied; the text is one line, `file:line: what the server said [SQLSTATE]; ...`."""


@dataclass(frozen=True)
class Source:
    """One file of the candidate, as it was applied: `sha256` of its bytes, `text` without the passwords in it."""

    path: str
    sha256: str
    text: str = field(default="", repr=False, compare=False)

    @staticmethod
    def of(path: str, content: bytes) -> "Source":
        """The file with this content; the passwords that it states are secrets from here on."""
        text = content.decode("utf-8", errors="replace")
        learn_from(text)
        return Source(path, hashlib.sha256(content).hexdigest(), redacted(masked(text)))


def apply_sql(dsn: str, paths: Sequence[Path]) -> list[Source]:
    """Applies files, and directories' *.sql in name order, each over a connection of its own, statement by statement.

    Everything is read and split before the first statement runs. Each statement commits by itself unless the file
    says BEGIN. Raises CandidateError for a file that cannot be read or split, no statement at all, no connection,
    a statement that the server refuses, or a transaction that a file leaves open.
    """
    applied, work = list[Source](), list[list[Statement]]()
    try:
        for file in (file for path in paths for file in files(path)):
            content = file.read_bytes()
            applied.append(Source.of(file.as_posix(), content))
            work.append(split(file, content))
    except SqlFileError as error:
        raise CandidateError(str(error)) from None
    except OSError as error:
        raise CandidateError(f"{error.filename}: cannot be read: {error.strerror}") from None
    if not any(work):
        raise CandidateError(f"{', '.join(map(str, paths)) or 'no file given'}: no SQL statement to apply")
    for statements in filter(None, work):
        _apply(dsn, statements)
    return applied


def apply_patch(dsn: str, paths: Sequence[Path]) -> list[Source]:
    """The same for patches; dsn is the superuser's. Raises CandidateError likewise."""
    return apply_sql(dsn, paths)


def _apply(dsn: str, statements: Sequence[Statement]) -> None:
    last = statements[-1]
    with connection(dsn, last.path) as conn:
        for statement in statements:
            try:
                # No parameters, hence a simple query. Bytes go as they are, whatever client_encoding the file sets.
                conn.execute(statement.text.encode())
            except psycopg.Error as error:
                line, problem = refusal(statement, error)
                # from None: psycopg's own text quotes the statement, with its passwords.
                raise CandidateError(f"{last.path}:{line}: {without(dsn, problem)}") from None
        if conn.info.transaction_status != TransactionStatus.IDLE:
            problem = f"the file leaves a transaction open: end it with COMMIT; statement: {_shown(last)}"
            raise CandidateError(f"{last.path}:{last.line}: {without(dsn, problem)}")


def connection(dsn: str, path: Path) -> psycopg.Connection:
    """A session to apply `path` over: autocommit, UTF-8. Raises CandidateError."""
    try:
        return psycopg.connect(dsn, autocommit=True, prepare_threshold=None, client_encoding="utf8")
    except psycopg.OperationalError as error:
        problem = without(dsn, _folded(str(error)))
    except psycopg.Error:  # libpq quotes a connection string that it cannot parse
        problem = "the connection string is malformed"
    raise CandidateError(f"{path}: no connection to apply it over: {problem}")


def refusal(statement: Statement, error: psycopg.Error) -> tuple[int, str]:
    """The line in the file, and what the server said."""
    said = error.diag
    before = statement.text[: int(said.statement_position or 1) - 1]  # counted in characters, from 1
    code = f" [{error.sqlstate}]" if error.sqlstate else ""
    text = f"{hidden(said.message_primary or str(error))}{code}; statement: {_shown(statement)}"
    context = next((line for line in (said.context or "").splitlines() if "PL/pgSQL" in line), None)
    for name, more in (("DETAIL", said.message_detail), ("HINT", said.message_hint), ("CONTEXT", context)):
        if more:
            text += f"; {name}: {hidden(more)}"
    return statement.line + before.count("\n"), text


def _shown(statement: Statement) -> str:
    text = hidden(statement.text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _folded(text: str) -> str:
    return " ".join(text.split())


def without(dsn: str, text: str) -> str:
    """The text without the password of the DSN."""
    password = str(conninfo_to_dict(dsn).get("password") or "")
    return text.replace(password, "***") if password else text
