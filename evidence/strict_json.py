"""JSON from somebody else: one meaning or none."""

import json
import math
from collections import Counter
from typing import Any, Final

from evidence.inert import line
from evidence.manifest import BundleError

_LONGEST_NUMBER: Final = 20  # digits


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise BundleError(f"the key {line(twice, 60)!r} stands there twice")
    return found


def _refused(name: str) -> float:
    raise BundleError(f"{name} is no number of JSON")


def _int(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise BundleError(f"a number of {len(digits)} digits")
    return int(digits)


def _float(digits: str) -> float:
    if not math.isfinite(found := float(digits)):
        raise BundleError("a number beyond all bounds")
    return found


def parse(content: bytes, name: str) -> Any:
    """What the JSON says. Raises BundleError, which begins with `name`: malformed, keys twice, NaN, huge, too deep."""
    try:
        text = content.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_int=_int, parse_float=_float)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode("utf-8")  # half a character, escaped, is no text
    except BundleError as error:
        raise BundleError(f"{name}: {error}") from None
    except UnicodeDecodeError as error:
        raise BundleError(f"{name}: not UTF-8 at byte {error.start}") from None
    except UnicodeEncodeError:
        raise BundleError(f"{name}: half a character (a lone surrogate)") from None
    except json.JSONDecodeError as error:
        raise BundleError(f"{name}:{error.lineno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise BundleError(f"{name}: nested too deeply") from None
    return found
