"""LED: what the ledger accepts, it keeps to the letter; and it accepts every honest entry."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from spec import TABLES
from support.chains import takes
from support.ledger import append, entries_of
from support.refusals import accepted
from support.sowing import varied
from support.words import contents

LARGEST = 2**63 - 1


def written_and_read_back(place, entries, session=None):
    conn = session or place.session("superuser")
    for entry in entries:
        with accepted(f"the honest entry {entry}"):
            append(conn, entry)
    found = {entry.id: entry for entry in entries_of(place.admin, entries[0].organisation_id)}
    assert set(found) == {entry.id for entry in entries}, (
        f"{len(entries)} entries were appended, {len(found)} are there"
    )
    for entry in entries:
        assert found[entry.id] == entry, f"appended {entry}, stored {found[entry.id]}"


def chain(organisation, contents):
    entries = []
    for number, content in enumerate(contents):
        moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=number, microseconds=123_456)
        entry = organisation.next(**{"created_at": moment, **content})
        organisation = organisation.grown(entry)
        entries.append(entry)
    return entries


@pytest.mark.guarantee("LED-09")
def test_entries_of_every_type_amount_currency_visibility_and_age(busy):
    written_and_read_back(busy, chain(busy.found(), [varied(number) for number in range(12)]))  # up to now


@pytest.mark.guarantee("LED-09")
def test_entries_of_the_application(busy):
    organisation = busy.found()
    if busy.lacks("app") or not takes(busy.app(organisation), organisation.next()):
        return  # that it may append is TEN-02
    written_and_read_back(busy, chain(organisation, [varied(number) for number in range(12)]), busy.app(organisation))


@pytest.mark.guarantee("LED-09")
def test_every_type_behind_every_type(busy):
    kinds = TABLES.values["type"]
    written_and_read_back(
        busy, chain(busy.found(), [{"type": kind} for pair in product(kinds, kinds) for kind in pair])
    )


@pytest.mark.guarantee("LED-09")
def test_every_type_with_every_amount(busy):
    pairs = product(TABLES.values["type"], (-LARGEST, -250, -1, 0, 1, 12_345, LARGEST))
    written_and_read_back(busy, chain(busy.found(), [{"type": kind, "amount": amount} for kind, amount in pairs]))


STRANGE = (
    {"type": "adjustment"},
    {"type": " padded "},
    {"currency": "JPY"},
    {"currency": "eur"},
    {"visibility": "nobody"},
    {"metadata": ["a", "list"]},
    {"metadata": "a string"},
    {"id": " led padded "},
    {"id": "LED-0123456789012345"},
    {"created_at": datetime(1970, 1, 1, tzinfo=UTC)},
    {"created_at": datetime(2150, 1, 1, tzinfo=UTC)},
)


@pytest.mark.guarantee("LED-09")
def test_what_is_strange_is_refused_or_stored_as_it_is(busy, words):
    conn = busy.session("superuser")
    for content in (*STRANGE, *contents(words)):
        organisation = busy.found()
        if takes(conn, organisation.next(**content)):
            written_and_read_back(busy, [organisation.next(**content)])


@pytest.mark.guarantee("LED-09")
@pytest.mark.parametrize("column", ["type", "currency", "visibility"])
def test_every_documented(column, busy):
    written_and_read_back(busy, chain(busy.found(), [{column: value} for value in TABLES.values[column]]))


@pytest.mark.guarantee("LED-09")
def test_every_amount_from_the_smallest_to_the_largest(busy):
    amounts = (-LARGEST - 1, -1, 0, 1, 2**31, LARGEST)
    written_and_read_back(busy, chain(busy.found(), [{"amount": amount} for amount in amounts]))


@pytest.mark.guarantee("LED-09")
def test_any_json_as_metadata(busy):
    values = (
        {},
        {"big": 2**60 + 1, "exact": 10**25, "small": 0.1},
        {"padded": "  x  ", "iban": "DE00", "email": "a@b.c"},
        {"a": None, "b": [1, 2.5, {"c": True}]},
        {"": "", "ключ": "🌍 'quoted' \\ |"},
        {"long": "x" * 8_000},
    )
    written_and_read_back(busy, chain(busy.found(), [{"metadata": value} for value in values]))


@pytest.mark.guarantee("LED-09")
def test_ids_in_both_cases(busy):
    organisation = busy.found()
    ids = [f"led_aBc{organisation.id[-4:]}", f"led_ABC{organisation.id[-4:]}"]
    written_and_read_back(busy, chain(organisation, [{"id": id_} for id_ in ids]))


@pytest.mark.guarantee("LED-09")
def test_times_to_the_microsecond(busy):
    moments = [datetime(2025, 3, 30, 1, 59, 59, 999_999, tzinfo=UTC), datetime(2025, 3, 30, 2, 0, 0, 1, tzinfo=UTC)]
    written_and_read_back(busy, chain(busy.found(), [{"created_at": moment} for moment in moments]))
