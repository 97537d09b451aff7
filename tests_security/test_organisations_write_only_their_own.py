"""TEN: who works for one organisation writes its rows, and no other's."""

import psycopg
import pytest

from spec import TENANCY
from support.chains import accept
from support.ledger import append
from support.refusals import BrokenError, accepted, refused, said, undone
from support.resistance import unchanged
from support.tenants import ids_of, insertion, needs_isolated

OTHERS = [table for table in TENANCY.tables if table != "ledger_entries"]


@pytest.mark.guarantee("TEN-02")
def test_the_application_appends_to_its_own_ledger(busy):
    organisation = busy.found()
    for _ in range(3):
        entry = organisation.next()
        accept(busy.app(organisation), entry, "by the application, the honest next entry of its own organisation")
        organisation = organisation.grown(entry)


@pytest.mark.guarantee("TEN-02")
def test_the_application_appends_to_no_other_ledger(still, acme, globex, initech):
    # An empty chain and no link: the chain check accepts this entry, so only row security stands in the way.
    before = still.before
    foreign = initech.next()
    with undone(still.app(initech)), accepted("by the application working for initech, initech's first entry"):
        append(still.app(initech), foreign)
    for organisation in (acme, globex):
        with refused(f"by the application working for {organisation.id}, the first entry of {initech.id}"):
            append(still.app(organisation), foreign)
        with refused(f"by the application working for {organisation.id}, both organisations' entries in one statement"):
            append(still.app(organisation), organisation.next(), initech.next())
    unchanged(still.admin, before, "appends to another organisation's ledger")


@pytest.mark.guarantee("TEN-10")
def test_a_transaction_does_not_refer_to_a_foreign_fund(still, acme, globex):
    for table in OTHERS:
        needs_isolated(still.admin, table, still.databases.subject.faults)
    own, foreign = (sorted(ids_of(still.admin, "funds", organisation.id))[0] for organisation in (acme, globex))
    admin = still.admin
    given = {"id": "txn_reference1", "organisation_id": acme.id}
    control = insertion(admin, "transactions", **given, fund_id=own)
    attack = insertion(admin, "transactions", **given, fund_id=foreign)
    if foreign not in attack[1]:
        return  # this candidate's transactions name no fund
    conn = still.session("superuser")
    try:
        with undone(conn):
            conn.execute(*control)
    except psycopg.Error as error:
        raise BrokenError(f"a transaction on the organisation's own fund is refused: {said(error)}") from error
    with refused(f"a transaction of {acme.id} on a fund of {globex.id}"), undone(conn):
        conn.execute(*attack)
