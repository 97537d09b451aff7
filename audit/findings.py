"""What an audit finds: one finding per entry and kind."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
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
    "checkpoint_mismatch",  # the chain does not hold what an earlier audit recorded
    "published_mismatch",  # the ledger does not hold what a published checkpoint says
]
HARMLESS: Final = ("json_round_trip",)
MOST: Final = 1000  # findings that are kept whole; the rest are counted


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong, or has to be explained, with an entry."""

    organisation_id: str
    entry_id: str
    kind: Kind
    expected: str = ""
    found: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class Findings:
    """All findings: the first `most` whole, by organisation and entry, all of them counted by kind.

    Which ones are kept does not depend on the order in which they were found.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.counts: Counter[str] = Counter()
        self._kept: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Count it, and keep it while it is among the first."""
        self.counts[finding.kind] += 1
        self._keep([finding])

    def _keep(self, findings: list[Finding]) -> None:
        self._kept += findings
        if len(self._kept) > 2 * self.most + len(findings):
            self._kept = self.kept

    def merge(self, counts: Mapping[str, int], kept: list[Finding]) -> None:
        """Take in what somebody else found."""
        self.counts.update(counts)
        self._keep(kept)

    @property
    def kept(self) -> list[Finding]:
        """The first ones, in order."""
        return sorted(self._kept)[: self.most]

    @property
    def intact(self) -> bool:
        """Whether nothing was found but what the JSON round trip explains."""
        return not any(count for kind, count in self.counts.items() if kind not in HARMLESS)
