"""CHN: appends at the same time, by explicit steps: run until done or blocked, then commit in a chosen order."""

import pytest

from spec import TABLES
from support.chains import accept, one_chain, takes
from support.interleave import Step, begin, commit
from support.ledger import LOCK, append
from support.refusals import BrokenError, is_refusal, said
from support.sowing import varied

LEVELS = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")
MOMENTS = ("first", "next")
WRITERS = 4


def organisation_at(place, moment):
    organisation = place.found()
    if moment == "next":
        entry = organisation.next()
        accept(place.session("superuser"), entry)
        organisation = organisation.grown(entry)
    return organisation


def appending(entry):
    return lambda conn: append(conn, entry)


@pytest.mark.guarantee("CHN-06")
@pytest.mark.parametrize("isolation", LEVELS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_of_two_open_appends_one_is_kept(moment, isolation, busy):
    organisation = organisation_at(busy, moment)
    one, two = busy.session("superuser", name="1"), busy.session("superuser", name="2")
    entries = [organisation.next(), organisation.next()]
    begin(one, isolation)
    begin(two, isolation)
    first = Step(one, appending(entries[0]))
    first.finish()
    second = Step(two, appending(entries[1]))
    second.settle(busy.admin)
    errors = [commit(one, first), commit(two, second)]
    kept_exactly_one(busy, organisation, entries, errors, f"two {moment} entries at once at {isolation}")
    goes_through_when_the_one_before_is_rolled_back(busy, organisation_at(busy, moment))


@pytest.mark.guarantee("CHN-06")
@pytest.mark.parametrize("isolation", LEVELS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_of_two_appends_the_one_with_the_older_snapshot_is_refused(moment, isolation, busy):
    organisation = organisation_at(busy, moment)
    one, two = busy.session("superuser", name="1"), busy.session("superuser", name="2")
    entries = [organisation.next(), organisation.next()]
    begin(two, isolation)
    two.execute("SELECT count(*) FROM public.ledger_entries")
    begin(one, isolation)
    errors = [commit(one, Step(one, appending(entries[0]))), commit(two, Step(two, appending(entries[1])))]
    kept_exactly_one(busy, organisation, entries, errors, f"a {moment} entry after another's commit at {isolation}")


@pytest.mark.guarantee("CHN-06")
@pytest.mark.parametrize("isolation", LEVELS)
def test_of_two_appends_under_the_lock_that_the_application_takes_one_is_kept(isolation, busy):
    organisation = organisation_at(busy, "next")
    one, two = busy.session("superuser", name="1"), busy.session("superuser", name="2")
    entries = [organisation.next(), organisation.next()]

    def locked_append(entry):
        def act(conn):
            conn.execute(LOCK.format(organisation.id))
            append(conn, entry)

        return act

    begin(one, isolation)
    begin(two, isolation)
    first = Step(one, locked_append(entries[0]))
    first.finish()
    second = Step(two, locked_append(entries[1]))
    second.settle(busy.admin)
    errors = [commit(one, first), commit(two, second)]
    kept_exactly_one(busy, organisation, entries, errors, f"two entries under the application's lock at {isolation}")


PAIRS = {
    **{f"two entries of type {kind}": ({"type": kind}, {"type": kind}) for kind in TABLES.values["type"]},
    "entries of two types": ({"type": "fee"}, {"type": "expense"}),
    "two amounts": ({"amount": 1}, {"amount": -2}),
    "two currencies and visibilities": (varied(1), varied(2)),
    "two old entries": ({"created_at": varied(0)["created_at"]}, {"created_at": varied(1)["created_at"]}),
}


@pytest.mark.guarantee("CHN-06")
@pytest.mark.parametrize(
    ("moment", "pair"),
    [("next", pair) for pair in PAIRS] + [("first", pair) for pair in ("entries of two types", "two amounts")],
)
def test_of_two_open_appends_one_is_kept_for(moment, pair, busy):
    organisation = organisation_at(busy, moment)
    one, two = busy.session("superuser", name="1"), busy.session("superuser", name="2")
    entries = [organisation.next(**content) for content in PAIRS[pair]]
    if not all(takes(one, entry) for entry in entries):
        return  # whether the ledger takes every content is LED-09
    begin(one)
    begin(two)
    first = Step(one, appending(entries[0]))
    first.finish()
    second = Step(two, appending(entries[1]))
    second.settle(busy.admin)
    kept_exactly_one(busy, organisation, entries, [commit(one, first), commit(two, second)], pair)


@pytest.mark.guarantee("CHN-03")
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("kind", ["donation_received", "fee"])
def test_an_open_append_keeps_no_other_organisation_waiting(kind, moment, busy):
    organisation, other = organisation_at(busy, moment), organisation_at(busy, moment)
    one, two = busy.session("superuser", name="1"), busy.session("superuser", name="2")
    begin(one)
    append(one, organisation.next(type=kind))
    step = Step(two, appending(other.next(type=kind)))
    waits = not step.settle(busy.admin)
    one.execute("ROLLBACK")
    step.finish()
    if waits:
        raise BrokenError("an append waits for an open append of another organisation")
    if step.error:
        raise BrokenError(f"beside an open append of another organisation, one was refused: {said(step.error)}")


def goes_through_when_the_one_before_is_rolled_back(busy, organisation):
    one, two = busy.session("superuser", name="1"), busy.session("superuser", name="2")
    entry = organisation.next()
    begin(one)
    append(one, organisation.next())
    waiting = Step(two, appending(entry))
    waiting.settle(busy.admin)
    one.execute("ROLLBACK")
    waiting.finish()
    if waiting.error:  # told at once instead of kept waiting: then it may try again
        accept(two, entry, "after the other append was rolled back, the honest one")
    one_chain(busy.admin, organisation.grown(entry))


def kept_exactly_one(place, organisation, entries, errors, what):
    won = [entry for entry, error in zip(entries, errors, strict=True) if error is None]
    if len(won) != 1:
        raise BrokenError(f"of {what}, {len(won)} were accepted; exactly one may be")
    for error in filter(None, errors):
        if not is_refusal(error):
            raise BrokenError(f"of {what}, the loser failed before it was judged: {said(error)}")
    organisation = organisation.grown(*won)
    one_chain(place.admin, organisation)
    again = organisation.next()
    accept(place.session("superuser", name="2"), again, f"after {what}, the loser's retry on the new head")
    one_chain(place.admin, organisation.grown(again))


@pytest.mark.guarantee("CHN-07")
@pytest.mark.parametrize("isolation", LEVELS)
def test_of_many_writers_on_one_head_one_wins_and_the_others_can_retry(isolation, busy):
    organisation = organisation_at(busy, "next")
    sessions = [busy.session("superuser", name=str(number)) for number in range(1, WRITERS + 1)]
    one_wins(busy, organisation, sessions, isolation)


@pytest.mark.guarantee("CHN-07")
def test_of_many_sessions_of_the_application_one_wins_and_the_others_can_retry(busy):
    organisation = organisation_at(busy, "next")
    if busy.lacks("app") or not takes(busy.session("app", organisation), organisation.next()):
        return  # that the application may append is TEN-02
    sessions = [busy.session("app", organisation, name=str(number)) for number in range(2 * WRITERS)]
    one_wins(busy, organisation, sessions, "READ COMMITTED")


def one_wins(busy, organisation, sessions, isolation):
    entries = [organisation.next() for _ in sessions]
    for session in sessions:
        begin(session, isolation)
    steps = []
    for session, entry in zip(sessions, entries, strict=True):
        step = Step(session, appending(entry))
        step.settle(busy.admin)
        steps.append(step)
    waiting = list(range(len(sessions)))
    errors = [None] * len(sessions)
    while waiting:  # whoever is done ends its transaction, and lets the next ones go on
        done = [number for number in waiting if steps[number].settle(busy.admin)]
        if not done:
            raise BrokenError(f"at {isolation}, {len(waiting)} writers wait for each other")
        errors[done[0]] = commit(sessions[done[0]], steps[done[0]])
        waiting.remove(done[0])
    won = [entry for entry, error in zip(entries, errors, strict=True) if error is None]
    if len(won) != 1:
        raise BrokenError(f"of {len(sessions)} writers on one head at {isolation}, {len(won)} were accepted")
    for error in filter(None, errors):
        if error.sqlstate == "40P01" or not is_refusal(error):
            raise BrokenError(f"at {isolation}, a writer's error is none to retry on: {said(error)}")
    organisation = organisation.grown(*won)
    for session in sessions:
        again = organisation.next()
        accept(session, again, "a writer's retry on the new head")
        organisation = organisation.grown(again)
    one_chain(busy.admin, organisation)
