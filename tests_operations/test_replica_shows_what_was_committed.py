"""REP: what is committed on the primary is read from the replica, as it was written, and nothing else is."""

import threading

import pytest

from audit.audit import audit
from audit.postgres import Database, connect
from spec import APP
from support.ledger import append, entries_of, in_chain_order, stored
from support.rds_like import DATABASE
from support.refusals import accepted
from support.sowing import ACME, add_organisation, varied
from support.waiting import wait_for

pytestmark = pytest.mark.guarantee("REP-04")
WRITTEN = 40


# The superuser reads: what readers see of it is REP-06.


def founded(pair, name):
    return add_organisation(pair.primary.admin, f"org_{name}")


def ids_there(pair, organisation):
    return {entry.id for entry in entries_of(pair.replica.admin, organisation.id)}


def test_the_ledger_of_the_replica_is_the_primarys(pair):
    pair.catch_up()
    there = stored(pair.replica.admin)
    assert there == stored(pair.primary.admin), "the rows of the two ledgers differ"
    assert any(ACME in row for row in there)


def test_an_entry_is_read_as_it_was_written(pair):
    organisation = founded(pair, "written")
    app = pair.primary.session(APP, organisation)
    for number in range(13):
        entry = organisation.next(**varied(number))
        with accepted(f"an honest entry of {APP} on the primary"):
            append(app, entry)
        organisation = organisation.grown(entry)
    pair.catch_up()
    found = entries_of(pair.replica.admin, organisation.id)
    assert in_chain_order(found) == [*organisation.entries], "the replica shows other entries than were written"


@pytest.mark.parametrize("end", ["ROLLBACK", "COMMIT"])
def test_an_entry_is_there_from_its_commit_on(end, pair):
    organisation = founded(pair, end.lower())
    app = pair.primary.session(APP, organisation)
    entry = organisation.next()
    app.execute("BEGIN")
    append(app, entry)
    pair.catch_up()
    assert ids_there(pair, organisation) == set(), "the replica shows an entry that is not committed"
    app.execute(end)
    pair.catch_up()
    assert ids_there(pair, organisation) == ({entry.id} if end == "COMMIT" else set())


def test_every_read_is_the_ledger_as_it_once_was(pair):
    organisation = founded(pair, "growing")
    entries, over = [], threading.Event()
    for _ in range(WRITTEN):
        entries.append(organisation.next())
        organisation = organisation.grown(entries[-1])
    app, reader = pair.primary.session(APP, organisation), pair.replica.admin
    sent = []

    def write():
        try:
            for entry in entries:
                sent.append(entry.id)
                append(app, entry)
        finally:
            over.set()

    writing = threading.Thread(target=write)
    writing.start()
    seen = []
    while not over.is_set():
        found = in_chain_order(entries_of(reader, organisation.id))
        assert len(found) <= len(sent), "the replica shows entries that were not written yet"
        seen.append(found)
    writing.join()
    pair.catch_up()
    seen.append(in_chain_order(entries_of(reader, organisation.id)))
    assert seen[-1] == entries, "the replica shows another chain than was written"
    assert all(found == entries[: len(found)] for found in seen)
    assert sorted(map(len, seen)) == [*map(len, seen)], "a later read shows less"


def test_a_replica_that_stands_still_is_noticed_in_bytes_and_in_seconds(pair):
    organisation = founded(pair, "waiting")
    app = pair.primary.session(APP, organisation)
    pair.catch_up()
    pair.replica.admin.execute("SELECT pg_wal_replay_pause()")
    try:
        append(app, organisation.next())
        lag = pair.lag()
        assert lag is not None
        assert lag.bytes > 0, f"the replica replays nothing, and is {lag}"
        assert lag.seconds > 0, f"the replica replays nothing, and is {lag}"
        assert ids_there(pair, organisation) == set(), "the replica shows what it did not replay"
    finally:
        pair.replica.admin.execute("SELECT pg_wal_replay_resume()")
    pair.catch_up()
    assert len(ids_there(pair, organisation)) == 1
    wait_for(
        lambda: (lag := pair.lag()) is not None and lag.seconds == lag.bytes == 0, "a replica that replays is late"
    )


def test_a_replica_that_is_gone_is_noticed_and_catches_up_when_it_is_back(pair):
    organisation = founded(pair, "absent")
    pair.catch_up()
    pair.replica.stop()
    try:
        assert pair.lag() is None, "a replica that does not run counts as one that follows"
        append(pair.primary.session(APP, organisation), organisation.next())
    finally:
        pair.site.again(pair.replica)
    pair.catch_up()
    assert len(ids_there(pair, organisation)) == 1


def test_an_audit_of_the_replica_sees_what_one_of_the_primary_sees(pair):
    pair.catch_up()
    results = []
    for machine in (pair.primary, pair.replica):
        with connect(machine.server.dsn(machine.server.superuser, DATABASE)) as conn:
            results.append(audit(Database(conn)))
    there, here = results
    assert (here.entries, here.heads) == (there.entries, there.heads)
    assert here.entries == len(stored(pair.replica.admin)) > 0
    assert here.intact, f"the audit found {dict(here.findings.counts)}"
