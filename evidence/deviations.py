"""Declared deviations: broken guarantees that the candidate's owner accepts, by id, with a reason and a last day."""

import re
import tomllib
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from support.passwords import hidden

SOON: Final = 14  # days; what ends within them gets a remark


class DeviationsError(ValueError):
    """The file is malformed; the message says file, line and what is wrong."""


@dataclass(frozen=True)
class Deviation:
    """One declared deviation; `until` is the last day on which it holds; `place` is its file and line."""

    id: str
    because: str
    until: date
    place: tuple[str, int] = field(default=("", 0), compare=False)

    def expired(self, today: date) -> bool:
        return today > self.until

    def remark(self, today: date) -> str:
        """That it ends soon, if it does."""
        days = (self.until - today).days
        if not 0 <= days <= SOON:
            return ""
        return f"ends in {days} day{'s' * (days != 1)}" if days else "ends today"


def _line(text: str, key: str) -> int:
    """Where `[key]`, or `key = ...` or `key.because = ...` at the top, stands."""
    found = re.search(rf"""^[ \t]*(?:\[[ \t]*)?["']?{re.escape(key)}["']?[ \t]*[\].=]""", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _fault(text: str, error: tomllib.TOMLDecodeError) -> str:
    """`line: what is wrong`, from `what is wrong (at line 3, column 7)`."""
    problem, _, place = str(error).rpartition(" (at ")
    line = re.match(r"line (\d+)", place)
    return f"{line[1] if line else text.count(chr(10)) + 1}: not TOML: {problem}"


def load(path: Path, known: Container[str]) -> dict[str, Deviation]:
    """The deviations by id. Raises DeviationsError: unreadable, not TOML, unknown id, missing or malformed field."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
        data = tomllib.loads(text)
    except OSError as error:
        raise DeviationsError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DeviationsError(f"{path}:{line}: not UTF-8: {error.reason}") from None
    except tomllib.TOMLDecodeError as error:
        raise DeviationsError(f"{path}:{_fault(text, error)}") from None
    found = {}
    for key, fields in data.items():
        line = _line(text, key)
        shown = key if re.fullmatch(r"[\w-]{1,40}", key) else ascii(key[:40])  # in one line, whatever it holds
        where = f"{path}:{line}: {shown}"
        if key not in known:
            raise DeviationsError(f"{where}: no such guarantee")
        if not isinstance(fields, dict) or fields.keys() != {"because", "until"}:
            raise DeviationsError(f"{where}: a deviation has exactly `because` and `until`")
        because, until = fields["because"], fields["until"]
        if not isinstance(because, str) or not because.strip():
            raise DeviationsError(f"{where}: `because` is a sentence")
        if type(until) is not date:
            raise DeviationsError(f"{where}: `until` is a date such as 2027-06-30, without quotes")
        found[key] = Deviation(key, hidden(because), until, (str(path), line))
    return found
