"""What differs between the live database and the candidate, in both directions."""

import difflib
import re
from functools import cached_property
from typing import Any, Final

import psycopg

from spec import APP, OWNER, READONLY
from support.catalog_questions import FUNCTIONS, TABLES, objects

Connection = psycopg.Connection[Any]
DOCUMENTED: Final = (OWNER, APP, READONLY)
_SHOWN: Final = 20
_WHOLES: Final = tuple(f"SELECT '{kind} '" for kind in ("table", "view", "schema"))


def _inert(text: str) -> str:
    """The text without what looks like a password, on one line, control characters written out."""
    text = re.sub(r"://([^:/@\s]*):[^@\s]*@", r"://\1:***@", text)
    text = re.sub(r"(?i)(password\s*=?\s*)('[^']*'|\S+)", r"\1***", text)
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda sign: repr(sign[0])[1:-1], text)


def _differing(name: str, live: str, candidate: str) -> str:
    pairs = difflib.unified_diff(candidate.splitlines(), live.splitlines(), n=0, lineterm="")
    changes = [line for line in pairs if line[0] in "+-" and line[:3] not in ("+++", "---")][:6]
    words = {"-": "the candidate has", "+": "the live database has"}
    shown_ = "; ".join(f"{words[line[0]]} '{_inert(line[1:])}'" for line in changes)
    return f"{_inert(name)} differs: {shown_ or 'in blanks or ends of lines'}"


def _alone(name: str, text: str) -> str:
    """An object that one side has; of a function the name will do."""
    return _inert(name if name.startswith("function ") else f"{name} {text}".strip())


def _wholes(conn: Connection, but: list[str]) -> set[str]:
    """Tables, views, schemas and functions, by name."""
    named = objects(conn, (*(one for one in TABLES if one.startswith(_WHOLES)), FUNCTIONS[0]), but)
    return {name.partition(" ")[2] for name in named}


def _without_parts(found: dict[str, str], wholes: set[str]) -> dict[str, str]:
    """Without the columns, owners, privileges ... of what only one of the two has: that it is there says enough."""

    def is_part(name: str) -> bool:
        if name.partition(" ")[0] in ("table", "view", "schema", "function", "role", "index"):
            return False
        return any(
            name.endswith((f" of {one}", f" on {one}", f" on the schema {one}", f" of the schema {one}"))
            or name.startswith((f"column {one}.", f"privileges on {one}."))
            for one in wholes
        )

    return {name: text for name, text in found.items() if not is_part(name)}


class Comparison:
    """The live database against the candidate.

    `login` and `superuser`, the roles that look, are no part of the schema unless the document names them.
    """

    def __init__(self, live: Connection, candidate: Connection, login: str, superuser: str) -> None:
        self._live, self._candidate = live, candidate
        self._but = [role for role in (login, superuser) if role not in DOCUMENTED]

    @cached_property
    def _only_one_has(self) -> set[str]:
        return _wholes(self._live, self._but) ^ _wholes(self._candidate, self._but)

    def drift(self, questions: tuple[str, ...]) -> list[str]:
        """Every object that only one of the two has, or that is not the same in both, a sentence each."""
        found, wanted = (
            _without_parts(objects(conn, questions, self._but), self._only_one_has)
            for conn in (self._live, self._candidate)
        )
        only_live = [
            f"only the live database has: {_alone(name, found[name])}" for name in sorted(found.keys() - wanted.keys())
        ]
        only_candidate = [
            f"only the candidate has: {_alone(name, wanted[name])}" for name in sorted(wanted.keys() - found.keys())
        ]
        both = [name for name in sorted(found.keys() & wanted.keys()) if found[name] != wanted[name]]
        return [*only_candidate, *only_live, *(_differing(name, found[name], wanted[name]) for name in both)]


def shown(differences: list[str]) -> str:
    """The differences as text, not more of them than a screen holds."""
    more = len(differences) - _SHOWN
    return "\n".join([*differences[:_SHOWN], *([f"and {more} more"] if more > 0 else [])])
