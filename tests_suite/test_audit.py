"""The audit finds every tampering and names it right, and says nothing of honest ledgers, in whatever order they are read."""

import json
import random

import pytest

from audit.audit import audit
from audit.batch import examine
from audit.checkpoint import Checkpoint, State
from audit.generate import generated
from audit.tamper import WAYS
from tests_suite.listed_ledger import Listed, encoded

TAMPERINGS = 1000
ENTRIES = 10_000


def shuffled(entries, chance, rows=None):
    """As they were appended, backwards, in pieces or in no order at all."""
    entries, how = [*entries], chance.randrange(4)
    if how == 1:
        entries.reverse()
    elif how == 2:
        pieces = [entries[start : start + 50] for start in range(0, len(entries), 50)]
        chance.shuffle(pieces)
        entries = [entry for piece in pieces for entry in piece]
    elif how == 3:
        chance.shuffle(entries)
    return Listed(entries, chance.choice([7, 100, 1000]), rows)


def named(result):
    return {(one.kind, one.entry_id) for one in result.findings.kept if one.kind != "json_round_trip"}


def test_honest_ledgers_are_intact():
    for seed in range(TAMPERINGS):
        chance = random.Random(seed)
        entries = [*generated(chance.randrange(1, 100), chance.randrange(1, 20), seed=seed)]
        result = audit(shuffled(entries, chance))
        assert result.intact, (seed, result.findings.kept)
        assert result.entries == len(entries)
        last = {entry.organisation_id: entry.entry_hash for entry in entries}
        assert {name: head for name, (head, _) in result.heads.items()} == last


def test_what_the_json_round_trip_changed_is_named_so():
    result = audit(Listed([*generated(5000, seed=1)]), most=10_000)
    assert result.intact
    explained = [one for one in result.findings.kept if one.kind == "json_round_trip"]
    assert len(explained) == result.findings.counts["json_round_trip"] > 10
    assert all(one.expected != one.found for one in explained)


@pytest.fixture(scope="module")
def ledger():
    entries = [*generated(ENTRIES, 60, seed=7, hazards=False)]
    return entries, {id(entry): encoded(entry) for entry in entries}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_tampering_is_found_and_named(way, ledger):
    entries, rows = ledger
    for seed in range(TAMPERINGS // len(WAYS) + 1):
        chance = random.Random(seed)
        tampered, expected = way(entries, chance)
        result = audit(shuffled(tampered, chance, rows))
        assert named(result) == expected, (seed, result.findings.kept)
        assert not result.intact


class Distributed(Listed):
    """Each part is examined by itself, and put together with the others."""

    def parts(self, kind):
        for unit in self.units(1, small=False):
            part = kind.another()
            for batch in self.batches(unit):
                examine(batch, part)
            yield json.loads(json.dumps(part.as_dict()))


@pytest.mark.parametrize("way", [None, *WAYS], ids=lambda way: way.__name__ if way else "untouched")
def test_parts_put_together_are_the_whole(way):
    entries = [*generated(2000, 20, seed=11)]
    recorded = Checkpoint("", {"org_000001": State(entries[-1].entry_hash, 7, {})})
    for seed in range(12):
        chance = random.Random(seed)
        ledger = way(entries, chance)[0] if way else [*entries]
        chance.shuffle(ledger)
        one, parts = (audit(kind(ledger, 150), volumes=True, since=recorded) for kind in (Listed, Distributed))
        assert one.findings.kept == parts.findings.kept
        assert (one.findings.counts, one.heads, one.volumes) == (parts.findings.counts, parts.heads, parts.volumes)


def test_a_circle_is_found():
    ledger = [*generated(9, 1, seed=3, hazards=False)]
    circle = [ledger[3]._replace(prev_entry_hash=ledger[5].entry_hash), *ledger[4:6]]
    result = audit(Listed([*ledger[:3], *circle]))
    orphans = {finding.entry_id for finding in result.findings.kept if finding.kind == "orphan"}
    assert orphans == {entry.id for entry in circle}


def test_a_circle_that_stands_on_the_way_is_found():
    """Two entries with wrong hashes that lead back: one walk of links passes everything, and some of it twice."""
    first, second, third, fourth, *_ = generated(4, 1, seed=3, hazards=False)
    back = third._replace(entry_hash=first.entry_hash)
    again = fourth._replace(prev_entry_hash=first.entry_hash, entry_hash=second.entry_hash)
    found = named(audit(Listed([first, second, back, again])))
    assert {("hash_mismatch", third.id), ("duplicate_hash", third.id), ("duplicate_hash", fourth.id)} <= found


def test_findings_beyond_the_cap_are_counted_and_the_kept_ones_do_not_depend_on_the_order():
    ledger = [entry._replace(amount="1") for entry in generated(300, 3, seed=2, hazards=False)]
    whole = audit(Listed(ledger)).findings
    backwards = audit(Listed([*reversed(ledger)], 7), most=10).findings
    assert backwards.counts == whole.counts
    assert backwards.kept == whole.kept[:10]


@pytest.mark.parametrize("field", ["id", "created_at", "type", "amount", "currency", "metadata", "entry_hash"])
def test_null_where_none_belongs_is_a_finding(field):
    ledger = [*generated(9, 1, seed=3, hazards=False)]
    ledger[8] = ledger[8]._replace(**{field: None})
    result = audit(Listed(ledger))
    assert [one.found for one in result.findings.kept if one.kind == "unreadable"] == [f"NULL in {field}"]


PLANTED = ["[" * 300 + "]" * 300, "[" * 5000 + "]" * 5000, "9" * 20_000, '"\\ud800"', "1e400", "[1", "nonsense", ""]


@pytest.mark.parametrize("text", PLANTED, ids=lambda text: text[:9])
def test_what_somebody_plants_harms_no_other_entry(text):
    ledger = [*generated(9, 1, seed=3, hazards=False)]
    ledger[4] = ledger[4]._replace(metadata=text)
    assert {entry for _, entry in named(audit(Listed(ledger)))} == {ledger[4].id}
