"""Entries and amounts by the day on which the entries were created, in UTC."""

from collections import Counter
from collections.abc import Sequence

Days = Counter[tuple[bytes, str]]  # by day of `created_at` and "entries" or "volume"


def counted(created_at: Sequence[bytes | None], amounts: Sequence[bytes | None], days: Days) -> None:
    """Add entries to `days`. An amount that is no number is an entry without volume."""
    for moment, amount in zip(created_at, amounts, strict=True):
        day = (moment or b"").partition(b"T")[0]
        days[day, "entries"] += 1
        try:
            days[day, "volume"] += int(amount or b"")
        except ValueError:
            continue
