"""Backup and maintenance windows, in UTC, as minutes; `24:00` and other spellings of one moment are equal."""

import re
from typing import Final

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = 24 * 60


def _minute(text: str) -> int:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    if not match:
        raise ValueError(text)
    return (int(match[1]) * 60 + int(match[2])) % _DAY


def daily(window: str) -> tuple[int, int] | None:
    """First and last minute of the day of a window such as 03:00-04:00; None if it cannot be read."""
    try:
        first, last = window.strip().split("-")
        return _minute(first), _minute(last)
    except ValueError:
        return None


def weekly(window: str) -> tuple[int, int] | None:
    """First and last minute of the week, from Monday, of a window such as sun:04:00-sun:05:00; None likewise."""
    try:
        first, last = (part.split(":", 1) for part in window.strip().lower().split("-"))
        begins, ends = (_DAYS.index(day) * _DAY + _minute(time) for day, time in (first, last))
    except ValueError:
        return None
    return begins, ends


def lies_within(window: tuple[int, int] | None, wanted: tuple[int, int] | None) -> bool:
    """Whether a window begins and ends within another."""
    return bool(window and wanted) and wanted[0] <= window[0] < window[1] <= wanted[1]  # type: ignore[index]
