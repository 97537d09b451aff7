"""An entry as it is read from a source, and the check of its own hash."""

import hashlib
import re
from typing import Final, NamedTuple

from audit.canonical import NotJsonError, canonical_text, forms
from audit.findings import Finding, Kind

Link = str | None  # the hash of the entry before; None for a first entry
HASH: Final = re.compile(r"sha256:[0-9a-f]{64}\Z")


class Entry(NamedTuple):
    """The columns that the hash speaks of, and the hash; all as text.

    `created_at` in UTC as YYYY-MM-DDTHH:MM:SSZ, `amount` as a decimal integer in minor units (cents), `metadata` as stored
    JSON, `prev_entry_hash` None for a first entry.
    """

    id: str
    created_at: str
    organisation_id: str
    type: str
    amount: str
    currency: str
    metadata: str
    prev_entry_hash: Link
    entry_hash: str

    def hashed(self, metadata: str) -> str:
        """The hash of this entry with the metadata in this canonical form."""
        previous = "null" if self.prev_entry_hash is None else self.prev_entry_hash
        message = (
            f"{self.id}|{self.created_at}|{self.organisation_id}|{self.type}|{self.amount}|{self.currency.upper()}"
            f"|{metadata}|{previous}"
        )
        return "sha256:" + hashlib.sha256(message.encode("utf-8", "surrogatepass")).hexdigest()


def checked(entry: Entry) -> Finding | None:
    """What is wrong with the entry's own hash; None if nothing is."""
    try:
        expected = entry.hashed(canonical_text(entry.metadata))
        if entry.entry_hash == expected:
            return None
        explained = any(entry.entry_hash == entry.hashed(form) for form in forms(entry.metadata))
    except (NotJsonError, RecursionError, MemoryError) as error:
        why = f"{type(error).__name__}: {error}"[:200]
        return Finding(entry.organisation_id, entry.id, "unreadable", "content that can be hashed", why)
    if explained:
        return Finding(entry.organisation_id, entry.id, "json_round_trip", expected, entry.entry_hash)
    kind: Kind = "hash_mismatch" if HASH.match(entry.entry_hash) else "invalid_hash"
    return Finding(entry.organisation_id, entry.id, kind, expected, entry.entry_hash)
