"""SHP: what a ledger entry must and must not hold, probed with values on both sides of each rule."""

from contextlib import suppress
from datetime import UTC, datetime

import psycopg
import pytest

from spec import TABLES
from support import catalog
from support.append_many import attempts, refuse_each, row_of
from support.chains import takes
from support.interleave import Step, begin, commit
from support.ledger import append, insert, new_entry, values
from support.refusals import BrokenError, accepted, refused, undone
from support.resistance import unchanged
from support.sowing import add_organisation, varied

REQUIRED = [column.name for column in TABLES.columns.values() if not column.nullable]


@pytest.mark.guarantee("SHP-03")
@pytest.mark.parametrize("column", REQUIRED)
def test_null_is_never_stored_in(column, ledger, acme, contents):
    conn = ledger.session("superuser")
    # With a value it is accepted: test_entries_are_stored_as_written. Of no organisation it can only be a first entry.
    other = {"prev_entry_hash": None} if column == "organisation_id" else {}
    entries = [acme.next(**content) for content in ({}, *contents)]
    outcomes = attempts(conn, [{**row_of(entry), **other, column: None} for entry in entries])
    for entry, outcome in zip(entries, outcomes, strict=True):
        if outcome.accepted:  # unless something filled it in
            never_null(conn, {**values(entry), **other}, column)


def never_null(conn, row, column):
    try:
        with undone(conn):
            conn.execute(*insert([{**row, column: None}]))
            found = conn.execute(f"SELECT count(*) FROM public.{TABLES.ledger} WHERE {column} IS NULL").fetchone()
            assert found == (0,), f"an entry with NULL in {column} was accepted and stored"
    except psycopg.Error:
        return  # refused, by whatever rule


@pytest.mark.guarantee("SHP-04")
def test_metadata_that_is_not_written_is_empty(ledger, acme):
    conn = ledger.session("superuser")
    entry = acme.next(metadata={})
    with undone(conn):
        with accepted("an entry without metadata"):
            append(conn, entry, omit={"metadata"})
        found = conn.execute(f"SELECT metadata FROM public.{TABLES.ledger} WHERE id = %s", [entry.id]).fetchone()
        assert found == ({},), f"the default of metadata is {found and found[0]!r}, not {{}}"


@pytest.mark.guarantee("SHP-04")
def test_a_time_that_is_not_written_is_that_of_the_transaction(busy):
    conn = busy.session("superuser")
    entry = new_entry(busy.found().id, None)
    with undone(conn):
        conn.execute("SET LOCAL timezone = 'Asia/Tokyo'")  # a time that was meant otherwise shows
        with accepted("an entry without created_at"):
            append(conn, entry, omit={"created_at"})
        query = f"""SELECT created_at BETWEEN now() - interval '1 ms' AND clock_timestamp(), created_at::text, now()::text
                    FROM public.{TABLES.ledger} WHERE id = %s"""
        found = conn.execute(query, [entry.id]).fetchone()
        assert (found or [False])[0], (
            f"created_at became {found and found[1]}, the transaction began at {found and found[2]}"
        )


@pytest.mark.guarantee("SHP-04")
@pytest.mark.parametrize("column", ["type", "amount", "currency", "visibility"])
def test_an_entry_is_refused_without_its(column, ledger, acme):
    conn = ledger.session("superuser")
    with undone(conn), accepted("the same entry, whole"):
        append(conn, acme.next())
    entry, query = acme.next(), f"SELECT {column} FROM public.{TABLES.ledger} WHERE id = %s"
    with suppress(psycopg.Error), undone(conn):
        append(conn, entry, omit={column})
        found = conn.execute(query, [entry.id]).fetchone()
        if found != (None,):  # a NULL is SHP-03
            raise BrokenError(f"an entry without {column} was accepted and got {found and found[0]!r}")


@pytest.mark.guarantee("SHP-05")
def test_an_id_is_not_given_twice_within_an_organisation(ledger, acme):
    conn = ledger.session("superuser")
    with undone(conn), accepted("the same entry under an id of its own"):
        append(conn, acme.next())
    with refused(f"a second entry with the id {acme.entries[0].id}"):
        append(conn, acme.next(id=acme.entries[0].id))
    ids = [entry.id for entry in acme.entries]
    shifted = [acme.next(**{**varied(number + step), "id": one}) for number, one in enumerate(ids) for step in (0, 1)]
    refuse_each(conn, shifted, "a second entry with the id of another")


@pytest.mark.guarantee("SHP-05")
def test_an_id_is_not_given_twice_at_the_same_time(busy):
    if catalog.partition_columns(busy.admin, TABLES.ledger):
        return  # see below
    one, two = busy.session("superuser", name="1"), busy.session("superuser", name="2")
    entries = [busy.found().next(id="led_twiceatonce") for _ in range(2)]
    begin(one)
    begin(two)
    first = Step(one, lambda conn: append(conn, entries[0]))
    first.finish()
    second = Step(two, lambda conn: append(conn, entries[1]))
    second.settle(busy.admin)
    errors = [commit(one, first), commit(two, second)]
    assert sum(error is None for error in errors) == 1, "of two open entries with one id, not exactly one was accepted"


@pytest.mark.guarantee("SHP-05")
def test_an_id_is_not_given_twice_across_organisations(ledger, acme, globex):
    divided_by = catalog.partition_columns(ledger.admin, TABLES.ledger)
    if divided_by and "id" not in divided_by:
        return  # PostgreSQL has no unique key without the partition columns: an entry is named by organisation and id
    conn = ledger.session("superuser")
    with undone(conn), accepted("the same entry under an id of its own"):
        append(conn, globex.next())
    with refused(f"an entry of {globex.id} with the id of one of {acme.id}"), undone(conn):
        append(conn, globex.next(id=acme.entries[0].id))


@pytest.mark.guarantee("SHP-06")
def test_an_entry_of_an_unknown_organisation_is_refused(ledger, contents):
    conn = ledger.session("superuser")
    entry = new_entry("org_nobody", None)
    with refused("an entry of an organisation that does not exist"), undone(conn):
        append(conn, entry)
    refuse_each(conn, [entry.changed(**content) for content in contents], "an entry of an unknown organisation")
    with undone(conn):
        add_organisation(conn, "org_nobody")
        with accepted("the same entry once its organisation exists"):
            append(conn, entry)


@pytest.mark.guarantee("SHP-06")
@pytest.mark.parametrize("change", ["DELETE FROM {} WHERE id = %s", "UPDATE {} SET id = id || 'x' WHERE id = %s"])
def test_an_organisation_with_entries_stays(change, busy, contents):
    conn = busy.session("superuser")
    organisation = busy.found()  # nothing but its entry refers to it
    text = change.format(f"public.{TABLES.organisations}")
    for content in contents[:8]:
        entry = organisation.next(**content)
        if takes(conn, entry):
            with refused(f"{text.split()[0]} of an organisation with one entry ({entry.type})"), undone(conn):
                append(conn, entry)
                conn.execute(text, [organisation.id])
    with accepted("its first entry"):
        append(conn, organisation.next())
    before = busy.before
    with refused(f"{text.split()[0]} of an organisation with entries"), undone(conn):
        conn.execute(text, [organisation.id])
    unchanged(busy.admin, before, f"{text.split()[0]} of an organisation with entries")


@pytest.mark.guarantee("SHP-06")
def test_the_reference_to_the_organisation_never_removes_or_rewrites_entries(catalog_of):
    keys = catalog.ledger_references(catalog_of)
    for table, on_delete, on_update in keys:  # that it refers to anything shows by trying, above
        assert {on_delete, on_update} <= {"a", "r"}, (
            f"the reference to {table} acts on DELETE ({on_delete}) or UPDATE ({on_update})"
        )


@pytest.mark.guarantee("SHP-08")
@pytest.mark.parametrize("time", ["infinity", "-infinity"])
def test_no_entry_is_stored_at_the_time(time, ledger, acme, contents):
    conn = ledger.session("superuser")
    entry = acme.next(created_at=datetime(2025, 1, 1, tzinfo=UTC))
    with undone(conn), accepted("the same entry at a finite time"):
        append(conn, entry)
    query = f"SELECT count(*) FROM public.{TABLES.ledger} WHERE NOT isfinite(created_at)"
    for content in ({}, *contents):
        try:
            with undone(conn):
                conn.execute(*insert([{**values(acme.next(**content)), "created_at": time}]))
                found = conn.execute(query).fetchone()
        except psycopg.Error:
            continue  # refused, for whatever reason
        if found != (0,):
            raise BrokenError(f"created_at = {time} was accepted and stored")
