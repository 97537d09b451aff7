"""TEN: who works for one organisation sees its rows, all of them, and nobody else's."""

from contextlib import suppress

import psycopg
import pytest

from spec import TENANCY
from support.ledger import Organisation, append, entry_ids, new_entry
from support.made_up import an_id
from support.refusals import BrokenError, accepted, said
from support.rows import add_row
from support.tenants import ids, ids_of, needs_isolated, seen

OTHERS = [table for table in TENANCY.tables if table != "ledger_entries"]


@pytest.mark.guarantee("TEN-01")
def test_the_application_reads_exactly_its_own_ledger_entries(still, acme, globex, initech):
    for organisation in (acme, globex, initech, acme):
        with accepted("the application's SELECT on its own ledger"):
            found = entry_ids(still.app(organisation))
        assert found == organisation.entry_ids, (
            f"working for {organisation.id}, the application sees {len(found - organisation.entry_ids)} foreign entries "
            f"and misses {len(organisation.entry_ids - found)} of its own"
        )


@pytest.mark.guarantee("TEN-01")
def test_no_other_setting_that_the_schema_reads_opens_foreign_entries(still, acme, words):
    for setting in words.settings:
        for word in ("on", "true", "1", "yes", *words.literals):
            conn = still.app(acme)
            with suppress(psycopg.Error), conn.transaction(force_rollback=True):
                conn.execute("SELECT set_config(%s, %s, true)", [setting, word])
                foreign = entry_ids(conn) - acme.entry_ids
                assert not foreign, f"with {setting} = {word!r}, the application reads {sorted(foreign)}"


@pytest.mark.guarantee("TEN-04")
@pytest.mark.parametrize("table", OTHERS)
def test_the_application_reads_every_own_row_of(table, still, acme, globex):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    for organisation in (acme, globex):
        with accepted(f"the application's SELECT on {table}"):
            found = ids(still.app(organisation), table)
        missed = ids_of(still.admin, table, organisation.id) - found
        assert not missed, (
            f"working for {organisation.id}, the application does not see its own {sorted(missed)} of {table}"
        )


@pytest.mark.guarantee("TEN-07")
def test_an_organisation_without_an_id_is_read_by_nobody(private):
    for table in TENANCY.tables:
        needs_isolated(private.admin, table, private.databases.subject.faults)
        try:
            with private.admin.transaction():
                nameless_organisation(private.admin, table)
        except psycopg.Error:
            continue  # such an organisation cannot exist
        conn = private.app(Organisation(""))
        found = seen(conn, table)
        assert not found, f"with an empty context, the application reads {sorted(found)} of {table}"


def nameless_organisation(admin, table):
    if admin.execute("SELECT FROM public.organisations WHERE id = ''").fetchone() is None:
        add_row(admin, "organisations", id="", name="nameless")
    if table == "ledger_entries":
        append(admin, new_entry("", None))
    else:
        add_row(admin, table, id=an_id(table, "nameless"), organisation_id="")


@pytest.mark.guarantee("TEN-08")
@pytest.mark.parametrize("table", TENANCY.tables)
def test_the_owner_too_reads_only_the_rows_of_the_organisation_it_names_in(table, still, acme):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    found = seen(still.owner(acme), table)
    own = ids_of(still.admin, table, acme.id)
    assert found <= own, f"working for {acme.id}, the owner reads {sorted(found - own)} of {table}"
    unnamed = seen(still.owner(name="unnamed"), table)
    assert not unnamed, f"without a context, the owner reads {sorted(unnamed)} of {table}"


@pytest.mark.guarantee("TEN-09")
def test_the_read_only_user_reads_exactly_the_entries_of_the_organisation_it_names(still, acme, globex):
    for organisation in (acme, globex):
        try:
            found = entry_ids(still.readonly(organisation))
        except psycopg.Error as error:
            raise BrokenError(f"the read-only user cannot read the ledger: {said(error)}") from error
        assert found == organisation.entry_ids, f"the read-only user reads {sorted(found)} for {organisation.id}"
    unnamed = seen(still.readonly(name="unnamed"), "ledger_entries")
    assert not unnamed, f"without a context, the read-only user reads {sorted(unnamed)}"


@pytest.mark.guarantee("TEN-09")
@pytest.mark.parametrize("table", OTHERS)
def test_the_read_only_user_reads_no_foreign_row_of(table, still, acme):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    foreign = seen(still.readonly(acme), table) - ids_of(still.admin, table, acme.id)
    assert not foreign, f"working for {acme.id}, the read-only user reads {sorted(foreign)} of {table}"
