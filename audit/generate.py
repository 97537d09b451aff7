"""Honest ledgers for tests and measurements: one organisation holds a third of it, metadata as people write it."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from audit.canonical import canonical_json
from audit.entry import Entry, Link

_TYPES = ("donation_received", "expense", "transfer_in", "transfer_out", "refund_issued", "fee")
_CURRENCIES = ("EUR", "EUR", "EUR", "GBP", "USD", "CHF")
_WORDS = ("Frühling", "réfugiés", "school", "貯金", "🌍", "receipt", 'a "quote"', "back\\slash", "tab\there", "")
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def stored(value: Any) -> str:
    """The text of a JSON value as JSONB gives it back: numbers as decimals, keys by length and then bytes."""
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: (len(pair[0].encode()), pair[0].encode()))
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {stored(one)}" for key, one in pairs) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(stored, value))}]"
    if isinstance(value, float):
        number = format(Decimal(repr(value)), "f")
        return number.removeprefix("-") if value == 0 else number
    return json.dumps(value, ensure_ascii=False)


def _metadata(chance: random.Random, number: int) -> Any:
    found: dict[str, Any] = {"donor": f"usr_{chance.randrange(10_000)}", "note": chance.choice(_WORDS), "n": number}
    if chance.random() < 0.05:
        found["rate"] = chance.choice([1e16, 1e22, -0.0, 1e-7, 0.1, 1.5, 4.727738305634194e16, chance.random()])
    if chance.random() < 0.05:
        found["more"] = {"b": [1, {"z": None, "a": True}], "\uff41": 2**70, "🌍": []}
    return found


_NOTES = (
    "Thank you!",
    "für die Kinder",
    'in memory of "Oma" Käthe',
    "don à l'école | 2e année",
    "one-time",
    "v1.2 of the form",
)


def realistic(chance: random.Random, number: int) -> Any:
    """What stands beside a donation: references, an address, words with quotes and accents, nested facts."""
    found: dict[str, Any] = {
        "donor": f"usr_{chance.randrange(10_000):08x}",
        "reference": f"pi_{chance.getrandbits(64):016x}",
        "method": chance.choice(("card", "sepa_debit", "bank_transfer")),
        "receipt": {
            "email": f"donor{number % 9973}@example.org",
            "sent": chance.random() < 0.9,
            "fee": chance.randrange(500),
        },
    }
    if chance.random() < 0.3:
        found["note"] = chance.choice(_NOTES)
    return found


def plain(_: random.Random, number: int) -> Any:
    """Three fields that are written alike everywhere."""
    return {"donor": f"usr_{number % 9973}", "n": number, "note": "x"}


def generated(
    entries: int,
    organisations: int = 100,
    *,
    seed: int = 0,
    hazards: bool = True,
    metadata: Callable[[random.Random, int], Any] | None = None,
) -> Iterator[Entry]:
    """`entries` honest entries, in the order they were appended; the first organisation has about a third of them.

    `hazards`: some metadata is written differently by JSONB or by other writers. `metadata` makes others.
    """
    content = metadata or (_metadata if hazards else plain)
    chance = random.Random(seed)  # noqa: S311  # the same ledger for the same seed
    heads: dict[str, Link] = {}
    for number in range(entries):
        which = 0 if chance.random() < 0.3 else chance.randrange(organisations)
        organisation = f"org_{which:06d}"
        value = content(chance, number)
        moment = _BEGIN + timedelta(seconds=number)
        unsealed = Entry(
            f"led_{number:012d}",
            moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            organisation,
            chance.choice(_TYPES),
            str(chance.randrange(-100_000, 1_000_000)),
            chance.choice(_CURRENCIES),
            stored(value),
            heads.get(organisation),
            "",
        )
        sealed = unsealed._replace(entry_hash=unsealed.hashed(canonical_json(value)))
        heads[organisation] = sealed.entry_hash
        yield sealed
