"""The published vectors, and every implementation of the hash in this repository against them and against each other."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import canonical_json, entry_hash
from audit.entry import Entry
from tests_suite.conftest import ROOT

VECTORS = json.loads((ROOT / "spec" / "hash_vectors.json").read_text())["vectors"]
FIELDS = ("id", "created_at", "organisation_id", "type", "amount", "currency", "metadata", "prev_entry_hash")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_vectors_are_what_both_implementations_give(vector):
    given_ = {name: vector[name] for name in FIELDS}
    moment = datetime.fromisoformat(vector["created_at"])
    assert canonical_json(vector["metadata"]) == vector["canonical_metadata"]
    assert entry_hash(**{**given_, "created_at": moment}) == vector["entry_hash"]
    read = Entry(**{**given_, "amount": str(vector["amount"]), "metadata": "", "entry_hash": ""})
    assert read.hashed(vector["canonical_metadata"]) == vector["entry_hash"]
    # By the words of the document alone: nothing of ours.
    parts = [vector[n] for n in FIELDS[:4]] + [str(vector["amount"]), vector["currency"].upper()]
    message = "|".join([*parts, vector["canonical_metadata"], vector["prev_entry_hash"] or "null"])
    assert message == vector["message"]
    assert f"sha256:{hashlib.sha256(message.encode()).hexdigest()}" == vector["entry_hash"]


def test_only_the_case_of_the_currency_makes_no_difference():
    by_hash = {vector["entry_hash"]: vector["name"] for vector in VECTORS if vector["currency"].isupper()}
    assert len(by_hash) == len(VECTORS) - 1 >= 30
    assert {vector["name"] for vector in VECTORS} - {*by_hash.values()} == {"a currency in small letters"}


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
ZONES = st.timedeltas(min_value=timedelta(hours=-12), max_value=timedelta(hours=12)).map(timezone)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(
    words=st.tuples(WORDS, WORDS, WORDS, st.sampled_from(["eur", "CHF", "Usd"])),
    moment=st.datetimes(min_value=datetime(1000, 1, 2), timezones=ZONES),
    amount=st.integers(-(2**63), 2**63 - 1),
    metadata=st.dictionaries(WORDS, st.none() | st.integers() | WORDS, max_size=4),
    link=st.none() | st.just("sha256:" + "0" * 64),
)
def test_both_implementations_agree(words, moment, amount, metadata, link):
    id_, organisation, type_, currency = words
    whole = entry_hash(
        id=id_, created_at=moment, organisation_id=organisation, type=type_, amount=amount, currency=currency,
        metadata=metadata, prev_entry_hash=link,
    )  # fmt: skip
    read = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    entry = Entry(id_, read, organisation, type_, str(amount), currency, "", link, "")
    assert entry.hashed(canonical_json(metadata)) == whole
