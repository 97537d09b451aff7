"""LED: whatever becomes of an organisation, its entries stay what they are."""

from contextlib import suppress

import psycopg
import pytest

from spec import TABLES
from support.attacks import (
    DELETION,
    accepted_anywhere,
    statement,
)
from support.catalog import columns
from support.chains import accept
from support.refusals import undone
from support.resistance import unchanged

TEXTS = ("text", "character varying")


def through_its_organisation(place, change):
    organisation = place.found()  # nothing but its entries refers to it
    for _ in range(2):
        entry = organisation.next()
        accept(place.session("superuser"), entry)
        organisation = organisation.grown(entry)
    before = place.before
    for actor in ("superuser", "owner"):
        with suppress(psycopg.Error):  # refused, by whatever; else the entries must be what they were
            statement(change, organisation.id)(place.session(actor, organisation))
        unchanged(place.admin, before, f"{change.split()[0]} of an organisation with entries by {actor}")


@pytest.mark.guarantee("LED-01")
def test_renaming_an_organisation_changes_no_entry(busy):
    through_its_organisation(busy, f"UPDATE public.{TABLES.organisations} SET id = 'org_renamed' WHERE id = %s")


@pytest.mark.guarantee("LED-02")
@pytest.mark.parametrize("status", ["closed", "suspended", "deleted", "archived", "inactive"])
def test_no_entry_is_removed_or_changed_when_its_organisation_becomes(status, ledger, acme):
    before = ledger.before
    conn = ledger.session("superuser")
    texts = [name for name, column in columns(ledger.admin, TABLES.organisations).items() if column.type in TEXTS]
    for column in texts:
        if column in ("id", "country"):
            continue
        with suppress(psycopg.Error), undone(conn):
            conn.execute(f'UPDATE public.{TABLES.organisations} SET "{column}" = %s WHERE id = %s', [status, acme.id])
            unchanged(conn, before, f"organisations.{column} = {status!r}")
            found = accepted_anywhere(conn, [DELETION], where=f"organisation_id = '{acme.id}'")
            assert not found, f"with organisations.{column} = {status!r}, accepted: {'; '.join(found[:5])}"


@pytest.mark.guarantee("LED-02")
def test_removing_an_organisation_removes_no_entry(busy):
    through_its_organisation(busy, f"DELETE FROM public.{TABLES.organisations} WHERE id = %s")
