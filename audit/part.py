"""What the audit of a part of a ledger saw; parts are put together into the whole, in any order."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from audit.days import Days
from audit.findings import MOST, Finding, Findings
from audit.linker import Chain, Key, Segment

Cuts = dict[bytes, bytes]  # the head that an earlier audit recorded, by organisation
_NONE: Final[Cuts] = {}


@dataclass
class Part:
    """Entries, the open segments of each organisation's chain, findings; and, if asked for, volumes.

    `volumes`: the sum of all amounts in minor units, by organisation and currency. `days`: entries and amounts by day.
    """

    findings: Findings = field(default_factory=Findings)
    cuts: Cuts = field(default_factory=dict)
    with_volumes: bool = False
    with_days: bool = False
    entries: int = 0
    chains: dict[bytes, Chain] = field(default_factory=dict)
    volumes: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    days: Days = field(default_factory=Counter)

    def chain(self, organisation: bytes) -> Chain:
        """The chain of an organisation, which may have just been met."""
        chain = self.chains.get(organisation)
        if chain is None:
            chain = self.chains[organisation] = Chain(self.cuts.get(organisation))
        return chain

    def another(self) -> "Part":
        """An empty one of the same kind."""
        return Part(Findings(self.findings.most), self.cuts, self.with_volumes, self.with_days)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: bytes as text, one character a byte."""
        return {
            "entries": self.entries,
            "counts": dict(self.findings.counts),
            "findings": [finding.as_dict() for finding in self.findings.kept],
            "chains": {
                _text(organisation): [
                    chain.broken,
                    chain.suspect,
                    chain.entries,
                    [_plain(one) for one in chain.segments],
                ]
                for organisation, chain in self.chains.items()
            },
            "volumes": [[_text(of), _text(currency), total] for (of, currency), total in self.volumes.items()],
            "days": [[_text(day), what, number] for (day, what), number in self.days.items()],
        }

    def merge(self, other: dict[str, Any]) -> None:
        """Take in a part, as `as_dict` gives it."""
        self.entries += other["entries"]
        self.findings.merge(other["counts"], [Finding(**one) for one in other["findings"]])
        for organisation, (broken, suspect, total, segments) in other["chains"].items():
            chain = self.chain(_bytes(organisation))
            chain.broken |= broken
            chain.suspect |= suspect
            for link, tail, entries in segments:
                chain.take(Segment(None if link is None else _bytes(link), _bytes(tail), entries))
            chain.entries += total - sum(entries for _, _, entries in segments)  # of two in one place one is left
        self.volumes.update({(_bytes(of), _bytes(currency)): total for of, currency, total in other["volumes"]})
        self.days.update({(_bytes(day), what): number for day, what, number in other["days"]})


def _plain(one: Segment) -> tuple[str | None, str, int]:
    return None if one.link is None else _text(one.link), _text(one.tail), one.entries


def _text(value: bytes) -> str:
    return value.decode("latin-1")


def _bytes(value: str) -> bytes:
    return value.encode("latin-1")


def empty(most: int = MOST, cuts: Cuts = _NONE, *, with_volumes: bool = False, with_days: bool = False) -> Part:
    """A part that has seen nothing yet."""
    return Part(Findings(most), cuts, with_volumes, with_days)


__all__ = ["Cuts", "Key", "Part", "empty"]
