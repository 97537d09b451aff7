"""What an audit finds: one finding per entry and kind."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

Kind = Literal[
    "hash_mismatch",  # the entry's own hash is not that of its content
    "json_round_trip",  # it is that of the content before JSONB stored it: honest, and named so
    "invalid_hash",  # no hash of the published form
    "chain_link_broken",  # the link names no entry of the organisation
    "fork",  # another entry follows the same one
    "second_genesis",  # another first entry
    "no_genesis",  # entries, and none of them the first
    "orphan",  # no way of links leads from it to the first entry
    "duplicate_hash",  # another entry has the same hash
    "unreadable",  # the content cannot be hashed at all
]
HARMLESS: Final = ("json_round_trip",)
MOST: Final = 1000  # findings that are kept whole; the rest are counted


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or has to be explained, with an entry."""

    kind: Kind
    organisation_id: str
    entry_id: str
    expected: str = ""
    found: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass
class Findings:
    """All findings: the first `most` whole, all of them counted by kind."""

    most: int = MOST
    kept: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count it, and keep it while there is room."""
        self.counts[finding.kind] += 1
        if len(self.kept) < self.most:
            self.kept.append(finding)

    @property
    def intact(self) -> bool:
        """Whether nothing was found but what the JSON round trip explains."""
        return not any(count for kind, count in self.counts.items() if kind not in HARMLESS)
