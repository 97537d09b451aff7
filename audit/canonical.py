"""Canonical JSON of a stored value, and the forms that it may have had before the database stored it.

JSONB keeps numbers as decimals: 1e16 comes back as 10000000000000000 and -0.0 as 0.0. An entry whose hash was made of the
value before it was stored is honest all the same.
"""

import itertools
import json
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from typing import Any, Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[-0-9.eE+]+|true|false|null|[][{}:,]|\s+')
_MOST: Final = 4096  # forms that are tried of one value
_DEEP: Final = 200  # levels that the recursive parser is trusted with


class NotJsonError(ValueError):
    """The text is no JSON."""


sys.set_int_max_str_digits(0)  # JSONB holds integers of 100,000 digits, and whoever inserts may plant one


def canonical_json(value: Any) -> str:
    """JSON with keys sorted by code point at every level, no white space, non-ASCII kept as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical_text(text: str) -> str:
    """The canonical form of stored JSON text. Raises NotJsonError."""
    if text.count("[") + text.count("{") < _DEEP:
        try:
            return canonical_json(json.loads(text))
        except ValueError as error:
            raise NotJsonError(str(error)) from None
    return _written(_tokens(text))


def forms(text: str) -> Iterator[str]:
    """The canonical form, then those that the value may have had before JSONB: at most 4096, the likelier ones first."""
    tokens = _tokens(text)
    yield _written(tokens)
    places = [(place, _before(token)) for place, token in enumerate(tokens) if _is_number(token)]
    places = [(place, found) for place, found in places if len(found) > 1]
    if not places:
        return
    # One writer writes all its numbers alike; then every mixture.
    alike = [[found[min(n, len(found) - 1)] for _, found in places] for n in range(1, max(len(f) for _, f in places))]
    mixed = itertools.product(*(found for _, found in places))
    for choice in itertools.islice(itertools.chain(alike, mixed), _MOST):
        changed = [*tokens]
        for (place, _), number in zip(places, choice, strict=True):
            changed[place] = number
        yield _written(changed)


def _is_number(token: str) -> bool:
    return token[0] in "-0123456789"


def _tokens(text: str) -> list[str]:
    """The tokens without blanks; strings and numbers in canonical form. Raises NotJsonError."""
    found, end = list[str](), 0
    for match in _TOKEN.finditer(text):
        if match.start() != end:
            break
        end, token = match.end(), match[0]
        if token[0] == '"' or _is_number(token):
            found.append(canonical_json(json.loads(token)))
        elif not token.isspace():
            found.append(token)
    if end != len(text) or not found:
        raise NotJsonError("it does not end as it begins")
    return found


def _before(number: str) -> list[str]:
    """The number as it is, and the forms that JSONB turns into it: of Python's floats, of JavaScript's, of minus zero."""
    found = [number]
    value = float(number) if len(number) < 400 else float("inf")
    if number.lstrip("-").isdigit():
        if isfinite(value) and Decimal(repr(value)) == Decimal(number):
            found += [repr(value), _javascript(value)]
    else:
        found.append(_javascript(value))
    if value == 0:
        found += ["-0.0", "-0"]
    return list(dict.fromkeys(found))


def _javascript(value: float) -> str:
    """As JSON.stringify writes it: no fraction for whole numbers, exponents from 1e21 on and below 1e-6."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    mantissa, _, exponent = repr(value).partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}" if exponent else mantissa


def _written(tokens: list[str]) -> str:
    """Objects with sorted keys, without recursion: nesting of thousands is no reason to fail."""
    stack: list[tuple[str, list[Any]]] = [("", [])]
    for token in tokens:
        if token in ("{", "["):
            stack.append((token, []))
        elif token in ("}", "]"):
            opened, parts = stack.pop()
            if not stack or (opened, token) not in (("{", "}"), ("[", "]")):
                raise NotJsonError("it does not end as it begins")
            stack[-1][1].append(_closed(opened, parts))
        elif token not in (",", ":"):
            stack[-1][1].append(token)
    if len(stack) != 1 or len(stack[0][1]) != 1:
        raise NotJsonError("it does not end as it begins")
    return str(stack[0][1][0])


def _closed(opened: str, parts: list[str]) -> str:
    if opened == "[":
        return f"[{','.join(parts)}]"
    if len(parts) % 2:
        raise NotJsonError("it does not end as it begins")
    pairs = dict(zip(parts[::2], parts[1::2], strict=True))
    return "{" + ",".join(f"{key}:{pairs[key]}" for key in sorted(pairs, key=json.loads)) + "}"
