"""TEN: who works for one organisation writes its rows, and no other's."""

from contextlib import suppress

import psycopg
import pytest

from spec import TENANCY
from support.chains import accept
from support.ledger import append, stored
from support.refusals import BrokenError, accepted, refused, said, undone
from support.resistance import unchanged
from support.tenants import ids_of, insertion, needs_isolated, whole

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
    before = stored(still.admin)
    foreign = initech.next()
    with undone(still.app(initech)), accepted("by the application working for initech, initech's first entry"):
        append(still.app(initech), foreign)
    for organisation in (acme, globex):
        with refused(f"by the application working for {organisation.id}, the first entry of {initech.id}"):
            append(still.app(organisation), foreign)
        with refused(f"by the application working for {organisation.id}, both organisations' entries in one statement"):
            append(still.app(organisation), organisation.next(), initech.next())
    unchanged(still.admin, before, "appends to another organisation's ledger")


@pytest.mark.guarantee("TEN-06")
def test_without_a_context_nothing_is_appended(still, initech):
    before = stored(still.admin)
    for organisation_id in (None, ""):
        conn = still.app(name="unnamed")
        if organisation_id is not None:
            conn.execute("SELECT set_config(%s, %s, false)", [TENANCY.setting, organisation_id])
        try:
            append(conn, initech.next())
        except psycopg.Error:
            unchanged(still.admin, before, "a refused append without a context")
            continue
        raise BrokenError("a session that named no organisation appended an entry")


@pytest.mark.guarantee("TEN-05")
@pytest.mark.parametrize("table", OTHERS)
def test_a_foreign_row_is_neither_added_nor_changed_nor_removed_in(table, still, acme, globex):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    before = whole(still.admin, table)
    conn = still.app(acme)
    key = sorted(ids_of(still.admin, table, globex.id))[0]
    attacks = [
        insertion(still.admin, table, id="foreign", organisation_id=globex.id),
        (f"UPDATE public.{table} SET currency = 'CHF' WHERE id = %s", [key]),
        (f"UPDATE public.{table} SET currency = 'CHF' WHERE organisation_id = %s", [globex.id]),
        (f"UPDATE public.{table} SET organisation_id = %s WHERE id = %s", [acme.id, key]),
        (f"DELETE FROM public.{table} WHERE id = %s", [key]),
    ]
    for statement, parameters in attacks:
        try:
            touched = conn.execute(statement, parameters).rowcount
        except psycopg.Error:
            touched = 0
        assert whole(still.admin, table) == before, f"working for {acme.id}: {statement} changed a row of {globex.id}"
        assert touched <= 0, f"working for {acme.id}: {statement} touched {touched} row(s)"


@pytest.mark.guarantee("TEN-05")
@pytest.mark.parametrize("table", OTHERS)
def test_an_update_of_every_row_reaches_no_foreign_row_of(table, still, acme):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    own = len(ids_of(still.admin, table, acme.id))
    conn = still.app(acme)
    for blind in (f"UPDATE public.{table} SET currency = 'CHF'", f"DELETE FROM public.{table}"):
        with suppress(psycopg.Error), conn.transaction(force_rollback=True):
            touched = conn.execute(blind).rowcount
            assert touched <= own, f"working for {acme.id}: {blind} touched {touched} rows, {own} are its own"


@pytest.mark.guarantee("TEN-05")
@pytest.mark.parametrize("table", OTHERS)
def test_an_own_row_is_not_handed_over_in(table, still, acme, globex):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    before = whole(still.admin, table)
    key = sorted(ids_of(still.admin, table, acme.id))[-1]
    try:
        with still.app(acme).transaction():
            still.app(acme).execute(f"UPDATE public.{table} SET organisation_id = %s WHERE id = %s", [globex.id, key])
    except psycopg.Error:
        pass
    assert whole(still.admin, table) == before, f"the application of {acme.id} handed {key} over to {globex.id}"


@pytest.mark.guarantee("TEN-04")
@pytest.mark.parametrize("table", OTHERS)
def test_an_own_row_is_added_and_changed_in(table, still, acme):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    conn = still.app(acme)
    statement, parameters = insertion(still.admin, table, id="own_row", organisation_id=acme.id)
    with undone(conn):
        with accepted(f"the application's own new row of {table}"):
            conn.execute(statement, parameters)
        with accepted(f"the application's UPDATE of its own row of {table}"):
            touched = conn.execute(f"UPDATE public.{table} SET currency = 'CHF' WHERE id = 'own_row'").rowcount
        assert touched == 1, f"the application's UPDATE of its own row of {table} touched {touched} rows"


@pytest.mark.guarantee("TEN-10")
def test_a_transaction_does_not_refer_to_a_foreign_fund(still, acme, globex):
    for table in OTHERS:
        needs_isolated(still.admin, table, still.databases.subject.faults)
    own, foreign = (sorted(ids_of(still.admin, "funds", organisation.id))[0] for organisation in (acme, globex))
    admin = still.admin
    given = {"id": "txn_reference", "organisation_id": acme.id}
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
