"""The audit of a whole ledger: every hash recomputed, every link followed."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from audit.classify import Linked, classified
from audit.entry import Entry, checked
from audit.findings import MOST, Findings
from audit.linker import Chain


def follow_entries(entries: Iterable[Entry], chains: dict[str, Chain], findings: Findings) -> int:
    """Check and link entries, in any order. Returns how many there were."""
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007
        if found := checked(entry):
            findings.add(found)
        link = None if entry.prev_entry_hash is None else entry.prev_entry_hash.encode()
        chains[entry.organisation_id].add(link, entry.entry_hash.encode())
    return count


class Source(Protocol):
    """Where entries come from, in any order; the same entries each time they are asked for."""

    def follow(self, chains: dict[str, Chain], findings: Findings, tell: Callable[[int], None]) -> int:
        """Check the hash of every entry and link it to its chain. Returns how many entries there are."""

    def links(self, organisation_id: str) -> Iterable[Linked]:
        """Every entry of one organisation, for its links."""


@dataclass
class Result:
    """What an audit saw: entries, and the head of each organisation's chain; and what it found."""

    entries: int = 0
    heads: dict[str, tuple[str | None, int]] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)

    @property
    def intact(self) -> bool:
        """Whether the ledger is what it was written as."""
        return self.findings.intact


def audit(source: Source, *, most: int = MOST, tell: Callable[[int], None] = lambda _: None) -> Result:
    """Read every entry once, and those of organisations with broken chains once more. `tell`: how many were read so far.

    Memory does not grow with the ledger, but with the organisations, and with the largest one whose chain is broken.
    """
    result = Result(findings=Findings(most))
    chains: dict[str, Chain] = defaultdict(Chain)
    result.entries = source.follow(chains, result.findings, tell)
    for organisation_id, chain in sorted(chains.items()):
        result.heads[organisation_id] = (chain.head.decode() if chain.head else None, chain.entries)
        if not chain.intact:
            for finding in classified(organisation_id, source.links(organisation_id)):
                result.findings.add(finding)
    return result
