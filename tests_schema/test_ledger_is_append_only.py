"""LED: a ledger entry is never changed and never removed.

The application holds every privilege on the ledger here, and the superuser is bound by nothing: only the ledger's own
protection stands in the way. Whether the application holds those privileges in truth is for tests_security to say.
"""

from contextlib import suppress

import psycopg
import pytest

from spec import TABLES
from support.attacks import (
    CHANGES,
    Attack,
    accepted_anywhere,
    prepared_by,
    rolled_back,
    setting,
    statement,
    upsert,
)
from support.catalog import columns, identifying_constraint, partition_columns
from support.chains import accept
from support.change_forms import deletes, updates
from support.ledger import append, stored
from support.refusals import BrokenError
from support.resistance import resist, unchanged

ACTORS = ("superuser", "owner", "app")
TEXTS = ("text", "character varying")


def attack_as_everyone(place, organisation, attacks: dict[str, Attack], who=ACTORS):
    before = stored(place.admin)
    if partition_columns(place.admin, TABLES.ledger):  # ONLY the parent of partitions is empty
        attacks = {name: attack for name, attack in attacks.items() if "ONLY" not in name}
    for actor in who:
        if place.lacks(actor):
            continue
        session = place.session(actor, organisation)
        for name, attack in attacks.items():
            resist(session, attack, f"{name} by {actor}", sees_all=actor == "superuser")
        unchanged(place.admin, before, f"attacks by {actor}")


@pytest.mark.guarantee("LED-01")
@pytest.mark.parametrize("column", CHANGES)
def test_an_update_is_refused_that_changes_only(column, ledger, acme, globex):
    before = stored(ledger.admin)
    for change in CHANGES[column]:
        attack = "UPDATE {ledger} SET " + f"{column} = {change}" + " WHERE id = %s"
        for organisation, actor, entries in (
            (acme, "superuser", acme.entries[::4]),
            (globex, "superuser", globex.entries[:1]),
            (acme, "owner", acme.entries[6:7]),
            (acme, "app", acme.entries[6:7]),
        ):
            if ledger.lacks(actor):
                continue
            session = ledger.session(actor, organisation)
            for entry in entries:
                what = f"UPDATE ... SET {column} = {change} of entry {entry} by {actor}"
                resist(session, statement(attack, entry.id), what, sees_all=actor == "superuser")
    unchanged(ledger.admin, before, f"refused updates of {column}")


@pytest.mark.guarantee("LED-01")
@pytest.mark.parametrize("column", CHANGES)
def test_an_update_is_refused_of_every_entry_that_changes_only(column, ledger):
    before = stored(ledger.admin)
    found = accepted_anywhere(ledger.session("superuser"), setting(column, CHANGES[column]))
    assert not found, f"accepted: {'; '.join(found)}"
    unchanged(ledger.admin, before, f"refused updates of {column}")


@pytest.mark.guarantee("LED-01")
def test_an_update_is_refused_of_columns_beyond_the_documented_ones(ledger):
    before = stored(ledger.admin)
    conn = ledger.session("superuser")
    for column in columns(ledger.admin, TABLES.ledger).keys() - TABLES.columns.keys():
        name = f'"{column}"'
        found = accepted_anywhere(conn, setting(name, ("DEFAULT", "NULL")))
        assert not found, f"accepted: {'; '.join(found)}"
    unchanged(ledger.admin, before, "refused updates of further columns")


@pytest.mark.guarantee("LED-01")
@pytest.mark.parametrize("actor", ACTORS)
def test_an_update_is_refused_however_it_is_written_by(actor, ledger, acme):
    attack_as_everyone(ledger, acme, updates(acme.entries[6]), who=(actor,))


@pytest.mark.guarantee("LED-01")
def test_an_insert_on_conflict_do_update_is_refused(ledger, acme):
    if constraint := identifying_constraint(ledger.admin, TABLES.ledger):
        attack_as_everyone(ledger, acme, {"INSERT ... ON CONFLICT DO UPDATE": upsert(acme, constraint)})


def through_its_organisation(place, change):
    organisation = place.found()  # nothing but its entries refers to it
    for _ in range(2):
        entry = organisation.next()
        accept(place.session("superuser"), entry)
        organisation = organisation.grown(entry)
    before = stored(place.admin)
    for actor in ("superuser", "owner"):
        with suppress(psycopg.Error):  # refused, by whatever; else the entries must be what they were
            statement(change, organisation.id)(place.session(actor, organisation))
        unchanged(place.admin, before, f"{change.split()[0]} of an organisation with entries by {actor}")


@pytest.mark.guarantee("LED-01")
def test_renaming_an_organisation_changes_no_entry(busy):
    through_its_organisation(busy, f"UPDATE public.{TABLES.organisations} SET id = 'org_renamed' WHERE id = %s")


@pytest.mark.guarantee("LED-02")
def test_a_delete_is_refused_of_every_entry(ledger, acme, globex):
    before = stored(ledger.admin)
    conn = ledger.session("superuser")
    for organisation in (acme, globex):
        for entry in organisation.entries:
            attack = statement("DELETE FROM {ledger} WHERE id = %s", entry.id)
            resist(conn, attack, f"a DELETE of {entry} by superuser", sees_all=True)
    unchanged(ledger.admin, before, "refused deletes")


@pytest.mark.guarantee("LED-02")
@pytest.mark.parametrize("actor", ACTORS)
def test_a_delete_is_refused_however_it_is_written_by(actor, ledger, acme):
    for entry in (acme.entries[0], acme.entries[-1]):
        attack_as_everyone(ledger, acme, {"a DELETE": deletes(entry)["a DELETE"]}, who=(actor,))
    attack_as_everyone(ledger, acme, deletes(acme.entries[6]), who=(actor,))


ONLY_ENTRY = {"UPDATE": "UPDATE {ledger} SET amount = 7 WHERE id = %s", "DELETE": "DELETE FROM {ledger} WHERE id = %s"}


def of_an_only_entry(place, word):
    organisation = place.found()
    entry = organisation.next()
    accept(place.session("superuser"), entry)
    before = stored(place.admin)
    attack = statement(ONLY_ENTRY[word], entry.id)
    resist(place.session("superuser"), attack, f"{word} of an organisation's only entry", sees_all=True)
    unchanged(place.admin, before, f"a refused {word}")


@pytest.mark.guarantee("LED-01")
def test_an_update_of_an_organisations_only_entry_is_refused(busy):
    of_an_only_entry(busy, "UPDATE")


@pytest.mark.guarantee("LED-02")
def test_a_delete_of_an_organisations_only_entry_is_refused(busy):
    of_an_only_entry(busy, "DELETE")


@pytest.mark.guarantee("LED-02")
@pytest.mark.parametrize("status", ["closed", "suspended", "deleted", "archived", "inactive"])
def test_no_entry_is_removed_or_changed_when_its_organisation_becomes(status, ledger, acme):
    before = stored(ledger.admin)
    conn = ledger.session("superuser")
    texts = [name for name, column in columns(ledger.admin, TABLES.organisations).items() if column.type in TEXTS]
    for column in texts:
        if column in ("id", "country"):
            continue
        with suppress(psycopg.Error), rolled_back(conn):
            conn.execute(f'UPDATE public.{TABLES.organisations} SET "{column}" = %s WHERE id = %s', [status, acme.id])
            unchanged(conn, before, f"organisations.{column} = {status!r}")


@pytest.mark.guarantee("LED-02")
def test_removing_an_organisation_removes_no_entry(busy):
    through_its_organisation(busy, f"DELETE FROM public.{TABLES.organisations} WHERE id = %s")


def in_the_transaction_of_its_append(place, organisation, attack):
    for actor in ("superuser", "owner"):
        entry = organisation.next()

        def change(conn, entry=entry):
            append(conn, entry)
            return statement(attack, entry.id)(conn)

        what = f"{attack.split()[0]} of an entry appended in the same transaction by {actor}"
        resist(place.session(actor, organisation), prepared_by(then=change), what, sees_all=actor == "superuser")


@pytest.mark.guarantee("LED-01")
def test_an_update_is_refused_in_the_transaction_of_the_append(ledger, acme):
    in_the_transaction_of_its_append(ledger, acme, "UPDATE {ledger} SET amount = 7 WHERE id = %s")


@pytest.mark.guarantee("LED-02")
def test_a_delete_is_refused_in_the_transaction_of_the_append(ledger, acme):
    in_the_transaction_of_its_append(ledger, acme, "DELETE FROM {ledger} WHERE id = %s")


@pytest.mark.guarantee("LED-08")
@pytest.mark.parametrize(
    "attack",
    ["UPDATE {ledger} SET amount = 7 WHERE id = %s", "DELETE FROM {ledger} WHERE id = %s"],
    ids=["update", "delete"],
)
def test_the_refusal_says_why_of(attack, ledger, acme):
    try:
        refusal = resist(ledger.session("superuser"), statement(attack, acme.entries[0].id), attack, sees_all=True)
    except BrokenError:
        return  # that it is not refused at all is LED-01 and LED-02
    assert refusal.names_its_cause(), f"{attack.split()[0]} is refused with no word about the ledger: {refusal}"
