"""Columns of Arrow as the audit reads them: bytes, in the form that is hashed."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa
from pyarrow import compute

from audit.batch import Column

# As RDS exports write a moment, and ISO 8601 does; in UTC, it is cut out of the text.
_UTC: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-]00(:?00)?| UTC)?$"
_OFFSET: Final = re.compile(r"(.{10})[ T](\d\d:\d\d:\d\d)(?:\.\d+)?([+-]\d\d)(?::?(\d\d))?\Z")


def columns(table: Any, names: Sequence[str]) -> list[Column]:
    """These columns of a table or record batch. Raises pyarrow.ArrowException."""
    return [_moments(table[name]) if name == "created_at" else _bytes(table[name]) for name in names]


def _bytes(array: Any) -> Column:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if not pa.types.is_binary(array.type):
        if not pa.types.is_string(array.type):
            array = array.cast(pa.string())
        array = array.cast(pa.binary())
    found: Column = array.to_pylist()
    return found


def _moments(array: Any) -> Column:
    """YYYY-MM-DDTHH:MM:SSZ in UTC, whole seconds; a moment without a zone is taken for UTC."""
    if pa.types.is_timestamp(array.type):
        seconds = compute.floor_temporal(array, unit="second").cast(pa.timestamp("s"))
        text = compute.replace_substring(seconds.cast(pa.string()), " ", "T", max_replacements=1)
        return _bytes(compute.binary_join_element_wise(text, "Z", ""))
    text = array.cast(pa.string())
    if compute.all(compute.match_substring_regex(text, _UTC)).as_py():
        day, clock = (compute.utf8_slice_codeunits(text, *ends) for ends in ((0, 10), (11, 19)))
        return _bytes(compute.binary_join_element_wise(compute.binary_join_element_wise(day, clock, "T"), "Z", ""))
    return [None if one is None else _moment(one).encode() for one in text.to_pylist()]


def _moment(text: str) -> str:
    """One moment with an offset, or what stands there if it is none."""
    if re.match(_UTC, text):
        return f"{text[:10]}T{text[11:19]}Z"
    found = _OFFSET.match(text)
    if not found:
        return text
    day, clock, hours, minutes = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{hours}:{minutes or '00'}").astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return f"{moment.year:04}{moment:-%m-%dT%H:%M:%SZ}"
