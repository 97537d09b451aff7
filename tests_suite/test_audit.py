"""The audit finds every tampering and names it right, and says nothing of honest ledgers, in whatever order they are read."""

import random

import pytest

from audit.audit import audit, follow_entries
from audit.classify import Linked
from audit.generate import generated
from audit.tamper import WAYS

TAMPERINGS = 1000


class Listed:
    """A ledger in memory, in any order."""

    def __init__(self, entries):
        self._entries = entries

    def follow(self, chains, findings, tell):
        tell(len(self._entries))
        return follow_entries(self._entries, chains, findings)

    def links(self, organisation_id):
        return [
            Linked(entry.id, entry.prev_entry_hash, entry.entry_hash)
            for entry in self._entries
            if entry.organisation_id == organisation_id
        ]


def shuffled(entries, chance):
    entries = [*entries]
    chance.shuffle(entries)
    return Listed(entries)


def kinds(result):
    return {kind for kind, count in result.findings.counts.items() if count} - {"json_round_trip"}


def test_honest_ledgers_are_intact():
    for seed in range(200):
        chance = random.Random(seed)
        entries = [*generated(chance.randrange(1, 200), chance.randrange(1, 20), seed=seed)]
        result = audit(shuffled(entries, chance))
        assert result.intact, (seed, result.findings.kept)
        assert result.entries == len(entries)
        last = {entry.organisation_id: entry.entry_hash for entry in entries}
        assert {name: head for name, (head, _) in result.heads.items()} == last


def test_what_the_json_round_trip_changed_is_named_so():
    result = audit(Listed([*generated(5000, seed=1)]))
    assert result.intact
    assert result.findings.counts["json_round_trip"] > 10


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_tampering_is_found_and_named(way):
    ledger = [*generated(400, 6, seed=7, hazards=False)]
    for seed in range(TAMPERINGS // len(WAYS) + 1):
        chance = random.Random(seed)
        tampered, expected, entry = way(ledger, chance)
        result = audit(shuffled(tampered, chance))
        assert kinds(result) >= expected, (seed, result.findings.kept)
        if entry:
            assert entry in {finding.entry_id for finding in result.findings.kept}
        if way.__name__ == "change_a_field":
            assert kinds(result) == expected


def test_a_circle_is_found():
    ledger = [*generated(9, 1, seed=3, hazards=False)]
    circle = [ledger[3]._replace(prev_entry_hash=ledger[5].entry_hash), *ledger[4:6]]
    result = audit(Listed([*ledger[:3], *circle]))
    orphans = {finding.entry_id for finding in result.findings.kept if finding.kind == "orphan"}
    assert orphans == {entry.id for entry in circle}


def test_findings_beyond_the_cap_are_counted():
    ledger = [entry._replace(amount="1") for entry in generated(300, 3, seed=2, hazards=False)]
    result = audit(Listed(ledger), most=10)
    assert len(result.findings.kept) == 10
    assert result.findings.counts["hash_mismatch"] >= 299
