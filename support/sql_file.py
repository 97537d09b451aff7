"""SQL files: which ones, and the statements in them, split where psql splits them."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_FIRST: Final = r"A-Za-z_\u0080-\U0010ffff"  # to PostgreSQL every character beyond ASCII is a letter
# 'a' <new line> 'b' is one string to the server, and an E'...' keeps its backslashes in the second half. (psql, which
# scans line by line, overlooks that: here the server is followed.)
_CONTINUED: Final = r"'(?:[ \t\f]|--[^\r\n]*+)*+[\r\n](?:[ \t\r\n\f]|--[^\r\n]*+[\r\n])*+'"
_TOKEN: Final = re.compile(
    rf"""
      (?P<blank>[ \t\n\r\f]+|--[^\r\n]*)
    | (?P<comment>/\*)
    | (?P<quoted>[eE]'(?:[^'\\]|\\.|''|{_CONTINUED})*+'|'(?:[^']|'')*+'|"(?:[^"]|"")*+")
    | (?P<unclosed>[eE]'|['"])
    | (?P<dollar>\$(?:[{_FIRST}][{_FIRST}0-9]*)?\$)
    | (?P<word>[{_FIRST}][{_FIRST}0-9$]*)
    | (?P<number>\$[0-9]+|[0-9][A-Za-z0-9_.]*)
    | (?P<meta>\\(?:[A-Za-z_]+|\S)?)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ROUTINE: Final = re.compile(r"create (or replace )?(function|procedure)\b")
_INSTEAD: Final = {
    **dict.fromkeys(("i", "ir", "include", "include_relative"), "name that file on the command line, in its turn"),
    **dict.fromkeys(("c", "connect"), "delete the line, the suite chooses the database and the role"),
    **dict.fromkeys(("set", "pset", "unset", "gset"), "write the value where it is used"),
    **dict.fromkeys(("if", "elif", "else", "endif"), "decide in SQL, with DO"),
    "encoding": "delete the line, files are UTF-8",
    **dict.fromkeys(("copy", "."), "write the rows as INSERT"),
    **dict.fromkeys(("g", "gexec", ";"), "end the statement with a semicolon"),
}


class SqlFileError(ValueError):
    """A file that cannot be applied; the text starts with `path:line: `, or `path: ` if it could not be read at all."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if line is None else f"{path}:{line}: {problem}")


@dataclass(frozen=True)
class Statement:
    """One statement, from its first token to its last, without the semicolon; line is that of the first token."""

    path: Path
    line: int
    text: str


@dataclass
class _Draft:
    """The statement being read."""

    start: int
    end: int = 0
    head: str = ""  # its first four words
    words: int = 0
    previous: str = ""
    parentheses: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)  # BEGIN ATOMIC, and CASE within

    def add(self, kind: str, text: str, start: int, end: int) -> None:
        if text == "(":
            self.parentheses.append(start)
        elif text == ")" and self.parentheses:
            self.parentheses.pop()
        elif kind == "word":
            self.head += f"{text} " if self.words < 4 else ""
            self.words += 1
            # Within parentheses CASE has its END there; after a dot or AS it is a name.
            if not self.parentheses and _ROUTINE.match(self.head) and self.previous not in {".", "as"}:
                self._nest(text, start)
        self.previous, self.end = text, end

    def _nest(self, word: str, start: int) -> None:
        if (word == "atomic" and self.previous == "begin") or (word == "case" and self.blocks):
            self.blocks.append(start)
        elif word == "end" and self.blocks:
            self.blocks.pop()

    def finished(self, path: Path, sql: str) -> Statement:
        return Statement(path, _line(sql, self.start), sql[self.start : self.end])

    def copies(self, word: str) -> bool:
        outside = word in {"stdin", "stdout"} and self.previous in {"from", "to"}
        return outside and self.head.startswith("copy ") and not self.parentheses


def files(path: Path) -> list[Path]:
    """The file itself, or a directory's *.sql in name order (hidden files and directories below it left out).

    Raises SqlFileError for a path that does not exist or cannot be read, or a directory without such a file.
    """
    try:
        found = [path]
        if path.is_dir():
            inside = (entry for entry in path.iterdir() if entry.suffix == ".sql" and not entry.name.startswith("."))
            found = sorted((entry for entry in inside if not entry.is_dir()), key=lambda entry: entry.name)
            if not found:
                raise SqlFileError(path, None, "a directory without *.sql files")
        for file in found:
            file.stat()
            if not os.access(file, os.R_OK):
                raise SqlFileError(file, None, "cannot be read: Permission denied")
    except OSError as error:
        raise SqlFileError(Path(error.filename or path), None, f"cannot be read: {error.strerror}") from None
    return found


def statements(path: Path) -> list[Statement]:
    """The statements of a UTF-8 file (a byte order mark is allowed), in order; empty ones are left out.

    Raises SqlFileError for a file that cannot be read, is not UTF-8 text, is cut off within a statement, or
    needs psql (meta-commands, COPY with inline data).
    """
    try:
        return split(path, path.read_bytes())
    except OSError as error:
        raise SqlFileError(path, None, f"cannot be read: {error.strerror}") from None


def split(path: Path, content: bytes) -> list[Statement]:
    """The same as `statements`, of a file's content that was read already; path only names it."""
    sql, found = _decoded(path, content), list[Statement]()
    draft: _Draft | None = None
    for kind, start, end in _tokens(path, sql):
        text = sql[start:end].lower() if kind in {"word", "other"} else ""
        if text == ";" and not (draft and (draft.parentheses or draft.blocks)):
            if draft:
                found.append(draft.finished(path, sql))
            draft = None
            continue
        draft = draft or _Draft(start)
        if draft.copies(text):
            problem = f"COPY {draft.previous} {text}".upper() + " needs a client that handles the data"
            raise SqlFileError(path, _line(sql, draft.start), f"{problem}: only SQL is applied; write rows as INSERT")
        draft.add(kind, text, start, end)
    if draft:
        for unclosed, what in ((draft.parentheses, "parenthesis"), (draft.blocks, "BEGIN ATOMIC or CASE")):
            if unclosed:
                raise SqlFileError(path, _line(sql, unclosed[0]), f"unterminated {what}: nothing in the file closes it")
        found.append(draft.finished(path, sql))
    return found


def _tokens(path: Path, sql: str) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of each token that is neither blank nor comment."""
    position = 0
    while match := _TOKEN.match(sql, position):
        kind, start, position = str(match.lastgroup), match.start(), match.end()
        if match[0] in (
            "\\restrict",
            "\\unrestrict",
        ):  # pg_dump writes them around a plain dump; they say nothing to us
            kind, position = "blank", sql.find("\n", start) % (len(sql) + 1)
        if kind == "meta":
            instead = _INSTEAD.get(match[0][1:], "write it as SQL, or delete it")
            raise SqlFileError(path, _line(sql, start), f"psql meta-command {match[0]}: only SQL is applied; {instead}")
        if kind == "unclosed":
            what = "quoted identifier" if match[0] == '"' else "string"
            raise SqlFileError(path, _line(sql, start), f"unterminated {what}: nothing in the file closes it")
        if kind == "comment":
            position = _end_of_comment(path, sql, start)
        elif kind == "dollar":
            position = sql.find(match[0], position) + len(match[0])
            if position < match.end():
                raise SqlFileError(path, _line(sql, start), f"unterminated dollar quote: no second {match[0]}")
        if kind not in {"blank", "comment"}:
            yield kind, start, position


def _end_of_comment(path: Path, sql: str, start: int) -> int:
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(sql, start):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    raise SqlFileError(path, _line(sql, start), "unterminated comment: as many */ as /* are needed, comments nest")


def _decoded(path: Path, content: bytes) -> str:
    like_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff")) or content[:200].count(0) > len(content[:200]) // 4
    advice = "it looks like UTF-16, save it as UTF-8" if like_utf16 else "save it as UTF-8"
    try:
        sql = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from behind a byte order mark: find the byte in error.object, which it took.
        line, byte = error.object.count(b"\n", 0, error.start) + 1, error.object[error.start]
        raise SqlFileError(path, line, f"not UTF-8 (byte 0x{byte:02x}); {advice}") from None
    if "\0" in sql:
        advice = advice if like_utf16 else "PostgreSQL takes no NUL in text, delete it"
        raise SqlFileError(path, _line(sql, sql.index("\0")), f"NUL byte; {advice}")
    return sql


def _line(sql: str, offset: int) -> int:
    return sql.count("\n", 0, offset) + 1
