"""MNT: under load autovacuum keeps up with what changes, and the ledger needs none of it."""

import pytest

from spec import TABLES
from support.autovacuum import looking_often, neglected
from support.ledger import LOCK, append
from support.load import changed_by_the_application, grow, of_the_ledger, report_now, write_and_change
from support.refusals import accepted
from support.waiting import until

APPENDS = 200


@pytest.mark.guarantee("MNT-08")
def test_autovacuum_comes_to_every_table_that_the_application_writes(private):
    superuser = private.session("superuser")
    changed = changed_by_the_application(private.admin)
    for table in changed:
        with accepted(f"a row of {table}"):
            write_and_change(superuser, table)
    grow(superuser, private.found())
    report_now(superuser)
    with looking_often(private.admin):
        left = neglected(private.admin, changed, TABLES.ledger)
    assert not left, f"autovacuum passes over {', '.join(f'{table} ({dead} dead)' for table, dead in left.items())}"


@pytest.mark.guarantee("MNT-09")
def test_appends_leave_no_dead_tuple_in_the_ledger(private):
    before = of_the_ledger(private.admin)
    organisations = {name: private.found() for name in ("first", "second", "third")}
    for number in range(APPENDS):
        name = [*organisations][number % 3]
        organisation = organisations[name]
        conn, entry = private.app(organisation, name=name), organisation.next()
        with conn.transaction():
            conn.execute(LOCK.format(organisation.id).encode())
            with accepted(f"append {number} of the application"):
                append(conn, entry)
        organisations[name] = organisation.grown(entry)
    for name in organisations:
        report_now(private.app(name=name))
    seen = until(lambda: of_the_ledger(private.admin), lambda now: now["inserted"] >= before["inserted"] + APPENDS)
    grown = {what: seen[what] - before[what] for what in ("inserted", "updated", "deleted", "dead")}
    assert grown == {"inserted": APPENDS, "updated": 0, "deleted": 0, "dead": 0}
