"""CHN: the head follows the links; times, ids and the start of a transaction say nothing about it."""

from datetime import UTC, datetime, timedelta

import pytest

from support.chains import accept, one_chain, refuse
from support.interleave import begin
from support.ledger import append, entries_of, in_chain_order
from support.refusals import accepted, refused, undone

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def grown(organisation, number, **changes):
    entries = []
    for index in range(number):
        entry = organisation.next(**{key: value(index) for key, value in changes.items()})
        organisation = organisation.grown(entry)
        entries.append(entry)
    return organisation, entries


ORDERS = {
    "equal_times": {"created_at": lambda _: NOON},
    "equal_times_and_falling_ids": {"created_at": lambda _: NOON, "id": lambda n: f"led_zz{9 - n}"},
    "times_that_run_backwards": {"created_at": lambda n: NOON - timedelta(days=n)},
    "one_time_in_the_future": {"created_at": lambda n: NOON + timedelta(days=3650 if n == 0 else n)},
    "times_decades_apart": {"created_at": lambda n: NOON - timedelta(days=9000 * n)},
    "times_to_and_fro": {"created_at": lambda n: NOON + timedelta(minutes=(n * 7) % 5)},
    "falling_ids": {"created_at": lambda n: NOON + timedelta(seconds=n), "id": lambda n: f"led_yy{9 - n}"},
}


def no_fork(conn, organisation):
    for older in (None, *(entry.entry_hash for entry in organisation.entries[:-1])):
        refuse(conn, organisation.next(prev_entry_hash=older), what=f"an entry that follows {older} a second time")


@pytest.mark.guarantee("CHN-04")
@pytest.mark.parametrize("order", ORDERS)
def test_entries_follow_the_true_head_with(order, busy):
    conn = busy.session("superuser")
    organisation = busy.found()
    changes = dict(ORDERS[order])
    if "id" in changes:  # ids are the organisation's own
        number = organisation.id[-4:]
        changes["id"] = lambda n, given=changes["id"]: f"{given(n)}x{number}"
    for index in range(4):
        entry = organisation.next(**{key: value(index) for key, value in changes.items()})
        accept(conn, entry)
        organisation = organisation.grown(entry)
        no_fork(conn, organisation)
    one_chain(busy.admin, organisation)


@pytest.mark.guarantee("CHN-04")
@pytest.mark.parametrize("statements", ["one_transaction", "one_statement"])
def test_several_entries_are_accepted_in(statements, busy):
    conn = busy.session("superuser")
    organisation, entries = grown(busy.found(), 4, created_at=lambda _: NOON)
    with accepted(f"a chain of four entries in {statements}"), conn.transaction():
        for part in [entries] if statements == "one_statement" else [[entry] for entry in entries]:
            append(conn, *part)
    no_fork(conn, organisation)
    one_chain(busy.admin, organisation)


@pytest.mark.guarantee("CHN-04")
def test_a_fork_inside_one_transaction_is_refused(busy):
    conn = busy.session("superuser")
    organisation, entries = grown(busy.found(), 3, created_at=lambda _: NOON)
    fork = organisation.next(prev_entry_hash=entries[0].entry_hash, created_at=NOON)
    with undone(conn), accepted("three entries in one transaction"):
        append(conn, *entries)
    with refused("a fork in the transaction of the entries themselves"), undone(conn):
        append(conn, *entries)
        append(conn, fork)
    refuse(conn, *entries, fork, what="a fork in the statement of the entries themselves")


@pytest.mark.guarantee("CHN-05")
def test_a_transaction_that_began_earlier_appends_to_the_true_head_and_the_chain_goes_on(busy):
    early, late = busy.session("superuser", name="1"), busy.session("superuser", name="2")
    organisation = busy.found()
    for _ in range(2):
        begin(early)
        for _ in range(2):
            entry = organisation.next()
            append(late, entry, omit={"created_at"})
            organisation = organisation.grown(entry)
        stale = organisation.next(prev_entry_hash=organisation.entries[-2].entry_hash)
        with (
            refused("by the earlier transaction, an entry that follows the entry before the head"),
            early.transaction(),
        ):
            append(early, stale, omit={"created_at"})
            early.execute("SET CONSTRAINTS ALL IMMEDIATE")
        entry = organisation.next()
        with accepted("by the earlier transaction, the entry that follows the true head"):
            append(early, entry, omit={"created_at"})
            early.execute("COMMIT")
        before, organisation = organisation, organisation.grown(entry)
        with refused("afterwards, an entry that follows the head of before"), undone(late):
            append(late, before.next(), omit={"created_at"})
        entry = organisation.next()
        with accepted("afterwards, the entry that follows the true head"):
            append(late, entry, omit={"created_at"})
        organisation = organisation.grown(entry)
    assert [entry.id for entry in organisation.entries] == stored_order(busy, organisation)


@pytest.mark.guarantee("CHN-05")
@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
def test_an_old_snapshot_forks_nothing_at(isolation, busy):
    early, late = busy.session("superuser", name="1"), busy.session("superuser", name="2")
    organisation, entries = grown(busy.found(), 2)
    append(late, entries[0])
    begin(early, isolation)
    append(late, entries[1])
    fork = organisation.next(prev_entry_hash=entries[0].entry_hash)
    with refused(f"under an old snapshot at {isolation}, an entry that follows the head of before"):
        append(early, fork)
        early.execute("COMMIT")
    early.execute("ROLLBACK")
    entry = organisation.next()
    accept(early, entry, "in a new transaction, the entry that follows the true head")
    one_chain(busy.admin, organisation.grown(entry))


def stored_order(place, organisation):
    return [entry.id for entry in in_chain_order(entries_of(place.admin, organisation.id))]
