"""The canonical form of many stored values at once: `audit.canonical` decides, a fast parser does what it does alike.

Texts are parsed and written together, with a mark between them that nobody can know beforehand. What is written differently
from `canonical_text`, or might be, goes its way: integers of more than 64 bits (which become floats with an exponent, and every
float from there on has one), floats below 0.0001 (another exponent, or none), and what the fast parser refuses (halves of
characters, deep nesting, no JSON at all).
"""

import re
import secrets
from collections.abc import Sequence
from typing import Final

import orjson

from audit.canonical import NotJsonError, canonical_text

_MARK: Final = secrets.token_hex(16)
_BETWEEN: Final = f',"{_MARK}",'.encode()
_SIGNS: Final = (b"e+", b"e-", b"0.0000")  # found in no time; words hold them, too
_NUMBER: Final = re.compile(rb"[0-9]e[-+][0-9]|0\.0000")  # every number that orjson writes differently looks so
_FEW: Final = 4  # texts that are not worth halving


def canonicals(texts: Sequence[bytes | None]) -> list[bytes | None]:
    """The canonical form of each JSON text, as `canonical_text` gives it; None for what is no JSON.

    Raises TypeError if one is None itself.
    """
    try:
        values = orjson.loads(b"[" + _BETWEEN.join(texts) + b"]")  # type: ignore[arg-type]
        written = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return _halved(texts)
    found: list[bytes | None] = [*written[1:-1].split(_BETWEEN)]
    marks = values[1::2]
    if len(values) != 2 * len(texts) - 1 or marks.count(_MARK) != len(marks) or len(found) != len(texts):
        # such as `[1` and `2]`: each text is one value, with a mark after it, or none of them is taken for one
        return _halved(texts)
    for sign in _SIGNS:
        if sign in written:
            for place, one in enumerate(found):
                if one is not None and sign in one and _NUMBER.search(one):
                    found[place] = alone(texts[place])
    return found


def _halved(texts: Sequence[bytes | None]) -> list[bytes | None]:
    """One strange text costs its neighbours little."""
    if len(texts) <= _FEW:
        return [alone(text) for text in texts]
    middle = len(texts) // 2
    return canonicals(texts[:middle]) + canonicals(texts[middle:])


def alone(text: bytes | None) -> bytes | None:
    """The canonical form of one; None for what is no JSON."""
    try:
        return canonical_text((text or b"").decode()).encode("utf-8", "surrogatepass")
    except (NotJsonError, RecursionError, MemoryError, UnicodeDecodeError):
        return None
