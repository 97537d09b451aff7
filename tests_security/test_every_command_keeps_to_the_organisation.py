"""TEN: whatever the command and however it is written, it reaches the rows of the organisation that the session names.

For what is written the application holds every privilege on the isolated tables here: only row security stands in the way.
"""

from contextlib import suppress

import psycopg
import pytest

from spec import TABLES, TENANCY
from support.append_forms import FORMS
from support.catalog import partition_columns
from support.made_up import an_id
from support.refusals import BrokenError, refused, said, undone
from support.resistance import unchanged
from support.rows import made_row
from support.tenant_forms import READINGS, deletes, inserts, updates, upsert
from support.tenants import changeable, ids_of, needs_isolated, whole

OTHERS = [table for table in TENANCY.tables if table != TABLES.ledger]


def reads_own_entries(still, who, reading, organisations):
    if reading == "COPY TO" and partition_columns(still.admin, TABLES.ledger):
        return  # under row security it reads the parent alone, which is empty
    for organisation in organisations:
        conn = still.app(organisation) if who == "app" else still.readonly(organisation)
        try:
            found = READINGS[reading](conn, TABLES.ledger)
        except psycopg.Error as error:
            if reading != "SELECT":
                continue  # this way is closed to the role: no way in either
            raise BrokenError(f"SELECT on the ledger by {who} was refused: {said(error)}") from error
        assert found == organisation.entry_ids, (
            f"{reading} by {who} working for {organisation.id} yields {sorted(found ^ organisation.entry_ids)} "
            "too many or too few"
        )


@pytest.mark.guarantee("TEN-01")
@pytest.mark.parametrize("reading", READINGS)
def test_own_entries_and_no_others_are_read_by_the_application_with(reading, still, acme, globex):
    reads_own_entries(still, "app", reading, (acme, globex))


@pytest.mark.guarantee("TEN-09")
@pytest.mark.parametrize("reading", READINGS)
def test_own_entries_and_no_others_are_read_by_the_read_only_user_with(reading, still, acme, globex):
    reads_own_entries(still, "readonly", reading, (acme, globex))


@pytest.mark.guarantee("TEN-03")
@pytest.mark.parametrize("table", OTHERS)
def test_no_foreign_row_is_read_of(table, still, acme, globex):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    for organisation, other in ((acme, globex), (globex, acme)):
        foreign = ids_of(still.admin, table, other.id)
        assert foreign, f"{table} holds no foreign row to find"
        for name, reading in READINGS.items():
            try:
                found = reading(still.app(organisation), table)
            except psycopg.Error:
                continue  # closed to everybody: TEN-04 says whether it may be
            assert not found & foreign, f"{name} of {table} for {organisation.id} yields {sorted(found & foreign)}"


@pytest.mark.guarantee("TEN-02")
@pytest.mark.parametrize("form", FORMS)
def test_a_foreign_ledger_is_closed_to(form, still, acme, initech):
    # An empty chain and no link: the chain check accepts this entry, so only row security stands in the way.
    before = still.before
    try:
        with undone(still.app(initech)):
            FORMS[form](still.app(initech), initech.next())
    except psycopg.Error:
        return  # this form is closed to the organisation itself
    with refused(f"{form} of {initech.id}'s first entry, working for {acme.id},"), undone(still.app(acme)):
        FORMS[form](still.app(acme), initech.next())
    unchanged(still.admin, before, f"{form} into another organisation's ledger")


def reaches(conn, writes, what):
    """Which of the writes touch a row; that a command is refused altogether is fine as well."""
    for name, write in writes.items():
        try:
            touched = write(conn)
        except psycopg.Error:
            continue
        if touched > 0:
            raise BrokenError(f"{name} {what}: {touched} row(s) touched")


@pytest.mark.guarantee("TEN-05")
@pytest.mark.parametrize("table", OTHERS)
def test_a_foreign_row_is_neither_changed_nor_removed_in(table, ledger, acme, globex):
    needs_isolated(ledger.admin, table, ledger.databases.subject.faults)
    before = whole(ledger.admin, table)
    change = changeable(ledger.admin, table)
    for organisation, other in ((acme, globex), (globex, acme)):
        conn = ledger.app(organisation)
        for key in sorted(ids_of(ledger.admin, table, other.id)):
            what = f"working for {organisation.id}, of {key} of {other.id}"
            reaches(conn, {**updates(table, key, change), **deletes(table, key)}, what)
            row = made_row(ledger.admin, table, id=key, organisation_id=organisation.id)
            reaches(conn, upsert(table, row, "organisation_id"), what)
    assert whole(ledger.admin, table) == before


@pytest.mark.guarantee("TEN-05")
@pytest.mark.parametrize("table", OTHERS)
def test_a_foreign_row_is_not_added_to(table, ledger, acme, globex):
    needs_isolated(ledger.admin, table, ledger.databases.subject.faults)
    row = made_row(ledger.admin, table, id=an_id(table, "foreign"), organisation_id=globex.id)
    reaches(ledger.app(acme), inserts(table, row), f"working for {acme.id}, of a row of {globex.id} into {table}")


@pytest.mark.guarantee("TEN-05")
@pytest.mark.parametrize("table", OTHERS)
def test_a_blind_write_reaches_own_rows_only_of(table, ledger, acme):
    needs_isolated(ledger.admin, table, ledger.databases.subject.faults)
    own = len(ids_of(ledger.admin, table, acme.id))
    for blind in (f"UPDATE public.{table} SET {changeable(ledger.admin, table)}", f"DELETE FROM public.{table}"):
        try:
            with undone(ledger.app(acme)):
                touched = ledger.app(acme).execute(blind).rowcount
        except psycopg.Error:
            continue
        assert touched <= own, f"working for {acme.id}, {blind} touched {touched} rows; {own} are its own"


@pytest.mark.guarantee("TEN-05")
@pytest.mark.parametrize("table", OTHERS)
def test_an_own_row_is_not_handed_over_in(table, ledger, acme, globex):
    needs_isolated(ledger.admin, table, ledger.databases.subject.faults)
    row = made_row(ledger.admin, table, id=an_id(table, "handed"), organisation_id=acme.id)  # nothing refers to it
    conn = ledger.app(acme)
    with conn.transaction(force_rollback=True), suppress(psycopg.Error):
        inserts_row(conn, table, row)  # that the application adds rows at all is TEN-04
        with suppress(psycopg.Error), conn.transaction():
            conn.execute(f"UPDATE public.{table} SET organisation_id = %s WHERE id = %s", [globex.id, row["id"]])
            raise BrokenError(f"the application of {acme.id} handed a row of {table} over to {globex.id}")


def inserts_row(conn, table, row):
    names = ", ".join(f'"{name}"' for name in row)
    conn.execute(f"INSERT INTO public.{table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))


@pytest.mark.guarantee("TEN-04")
@pytest.mark.parametrize("table", OTHERS)
def test_an_own_row_is_added_and_changed_in_every_way_in(table, still, acme):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    key = sorted(ids_of(still.admin, table, acme.id))[0]
    row = made_row(still.admin, table, id=an_id(table, "own"), organisation_id=acme.id)
    change = changeable(still.admin, table)
    for name, write in {**inserts(table, row), **updates(table, key, change)}.items():
        try:
            touched = write(still.app(acme))
        except psycopg.Error as error:
            if name not in ("INSERT", "UPDATE"):
                continue  # this way is closed to everybody, as COPY FROM is under row security
            raise BrokenError(f"{name} of {acme.id}'s own row of {table} was refused: {said(error)}") from error
        assert touched == 1, f"{name} of {acme.id}'s own row of {table} touched {touched} rows"
