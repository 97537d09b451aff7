"""A data file of the specification, read; what is malformed is told by file and line."""

import re
import tomllib
from pathlib import Path
from typing import Any


class SpecError(ValueError):
    """The specification itself is malformed; the message names the file, and the line or the id."""


def read(path: Path) -> dict[str, Any]:
    """The file's tables. Raises SpecError if it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        problem, _, place = str(error).rpartition(" (at ")
        line = re.match(r"line (\d+)", place)
        raise SpecError(f"spec/{path.name}:{line[1] if line else 'end'}: not TOML: {problem}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"spec/{path.name}: {error}") from None
