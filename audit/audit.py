"""The audit of a whole ledger: every hash recomputed, every link followed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from audit.classify import Linked, classified
from audit.entry import Entry, checked
from audit.findings import MOST, Findings
from audit.linker import Chain

STEP = 10_000  # entries between two reports of progress


class Source(Protocol):
    """Where entries come from, in any order; the same entries each time they are asked for."""

    def entries(self) -> Iterator[Entry]:
        """Every entry of the ledger."""

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
    for entry in source.entries():
        result.entries += 1
        if found := checked(entry):
            result.findings.add(found)
        chains[entry.organisation_id].add(entry.prev_entry_hash, entry.entry_hash)
        if result.entries % STEP == 0:
            tell(result.entries)
    for organisation_id, chain in sorted(chains.items()):
        result.heads[organisation_id] = (chain.head, chain.entries)
        if not chain.intact:
            for finding in classified(organisation_id, source.links(organisation_id)):
                result.findings.add(finding)
    return result
