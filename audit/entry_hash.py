"""The published hash of a ledger entry (algorithm `sha256:`)."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from audit.canonical import canonical_json


def entry_hash(
    *,
    id: str,
    created_at: datetime,
    organisation_id: str,
    type: str,
    amount: int,
    currency: str,
    metadata: Any,
    prev_entry_hash: str | None,
) -> str:
    """The hash of one entry: `sha256:` and 64 hexadecimal digits.

    `created_at` is an aware datetime; whole seconds in UTC enter the hash. `amount` is in minor units (cents). A missing
    link enters as the word `null`. Source: Amply's public description of the ledger; `visibility` is not part of it.
    """
    parts = (
        id,
        created_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        + "Z",  # a year below 1000, too, has four digits
        organisation_id,
        type,
        str(amount),
        currency.upper(),
        canonical_json(metadata),
        prev_entry_hash if prev_entry_hash is not None else "null",
    )
    return "sha256:" + hashlib.sha256("|".join(parts).encode()).hexdigest()
