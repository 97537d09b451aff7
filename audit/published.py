"""Amply's own published checkpoints: what a ledger had to hold at the beginning of a day (UTC), by number and volume.

Their cumulative hash is left alone: how it is formed is not published.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from audit.checkpoint import CheckpointError
from audit.days import Days
from audit.findings import Finding


@dataclass(frozen=True)
class Published:
    """A checkpoint: of all entries created before `day` began. `volume`: the sum of all amounts, None if it is not told."""

    id: str
    day: date
    entries: int
    volume: int | None


def _one(data: Mapping[str, Any]) -> Published:
    day, entries, volume = date.fromisoformat(data["date"]), data["entry_count"], data.get("total_volume")
    if type(entries) is not int or not (volume is None or type(volume) is int):
        raise TypeError
    return Published(str(data.get("id", f"chk_{day}")), day, entries, volume)


def read(path: Path) -> list[Published]:
    """One checkpoint or a list of them, as JSON with `date`, `entry_count` and `total_volume`. Raises CheckpointError."""
    try:
        data: Any = json.loads(path.read_bytes())
        return [_one(each) for each in (data if isinstance(data, list) else [data])]
    except OSError as error:
        problem = f"{error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError):
        problem = 'no published checkpoints, such as {"date": "2026-06-30", "entry_count": 12, "total_volume": 3400}'
    raise CheckpointError(f"{path}: {problem}")


def _before(day: bytes, limit: date) -> bool:
    try:
        return date.fromisoformat(day.decode()) < limit
    except ValueError:  # after the year 9999, or no time at all
        return False


def compared(published: Sequence[Published], days: Days) -> Iterator[Finding]:
    """A finding for each checkpoint that the ledger does not bear out."""
    for one in published:
        seen = Counter[str]()
        for (day, what), number in days.items():
            if _before(day, one.day):
                seen[what] += number
        if seen["entries"] != one.entries or one.volume not in (None, seen["volume"]):
            told = f"{one.entries} entries before {one.day}"
            volumes = ("", "") if one.volume is None else (f", volume {one.volume}", f", volume {seen['volume']}")
            yield Finding("", one.id, "published_mismatch", told + volumes[0], f"{seen['entries']} entries{volumes[1]}")
