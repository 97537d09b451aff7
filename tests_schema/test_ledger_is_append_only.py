"""LED: a ledger entry is never changed and never removed.

The application holds every privilege on the ledger here, and the superuser is bound by nothing: only the ledger's own
protection stands in the way. Whether the application holds those privileges in truth is for tests_security to say.
"""

import pytest

from spec import TABLES
from support.attacks import (
    CHANGES,
    DELETION,
    Attack,
    accepted_anywhere,
    pairs,
    prepared_by,
    setting,
    statement,
    upsert,
)
from support.catalog import columns, identifying_constraint, partition_columns
from support.change_forms import as_somebody_else, deletes, updates
from support.ledger import append
from support.refusals import BrokenError
from support.resistance import resist, unchanged

ACTORS = ("superuser", "owner", "app")


def attack_as_everyone(place, organisation, attacks: dict[str, Attack], who=ACTORS):
    before = place.before
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
    before = ledger.before
    for change in CHANGES[column][:1]:
        attack = "UPDATE {ledger} SET " + f"{column} = {change}" + " WHERE id = %s"
        for organisation, actor, entry in (
            (acme, "superuser", acme.entries[0]),
            (globex, "superuser", globex.entries[-1]),
            (acme, "owner", acme.entries[6]),
            (acme, "app", acme.entries[6]),
        ):
            if not ledger.lacks(actor):
                what = f"UPDATE ... SET {column} = {change} of entry {entry} by {actor}"
                session = ledger.session(actor, organisation)
                resist(session, statement(attack, entry.id), what, sees_all=actor == "superuser")
    unchanged(ledger.admin, before, f"refused updates of {column}")


def refused_everywhere(place, actor, organisation, statements):
    """Each statement on each entry that the actor sees, one by one."""
    if place.lacks(actor):
        return
    before = place.before
    found = accepted_anywhere(place.session(actor, organisation), statements, sees_all=actor == "superuser")
    assert not found, f"by {actor}, accepted: {'; '.join(found[:5])}{' ...' if len(found) > 5 else ''}"
    unchanged(place.admin, before, f"refused statements by {actor}")


@pytest.mark.guarantee("LED-01")
@pytest.mark.parametrize("column", CHANGES)
def test_an_update_is_refused_of_every_entry_that_changes_only(column, ledger):
    refused_everywhere(ledger, "superuser", None, setting(column, CHANGES[column]))


@pytest.mark.guarantee("LED-01")
def test_an_update_is_refused_of_every_entry_that_changes_two_columns(ledger):
    refused_everywhere(ledger, "superuser", None, pairs())


def in_a_chain_of_many_entries(place, attacks):
    found = accepted_anywhere(place.session("superuser"), attacks, where="organisation_id = 'org_hooli'")
    assert not found, f"accepted: {'; '.join(found[:5])}"


@pytest.mark.guarantee("LED-01")
def test_an_update_is_refused_in_a_chain_of_many_entries(ledger):
    in_a_chain_of_many_entries(ledger, setting("amount", ["7"]))


@pytest.mark.guarantee("LED-02")
def test_a_delete_is_refused_in_a_chain_of_many_entries(ledger):
    in_a_chain_of_many_entries(ledger, [DELETION])


@pytest.mark.guarantee("LED-01")
@pytest.mark.parametrize("actor", ["owner", "app"])
def test_an_update_is_refused_of_every_entry_to(actor, ledger, acme):
    refused_everywhere(ledger, actor, acme, [one for name in CHANGES for one in setting(name, CHANGES[name][:2])])


@pytest.mark.guarantee("LED-02")
@pytest.mark.parametrize("actor", ACTORS)
def test_a_delete_is_refused_of_every_entry_to(actor, ledger, acme):
    refused_everywhere(ledger, actor, acme, [DELETION])


@pytest.mark.guarantee("LED-01")
def test_an_update_is_refused_of_columns_beyond_the_documented_ones(ledger):
    before = ledger.before
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


def in_another_role_and_at_every_isolation_level(place, organisation, word):
    before = place.before
    for name, attack in as_somebody_else(organisation.entries[6], word).items():
        resist(place.session("superuser"), attack, f"{name} by superuser", sees_all="ROLE" not in name)
    unchanged(place.admin, before, f"a refused {word}")


@pytest.mark.guarantee("LED-01")
def test_an_update_is_refused_in_another_role_and_at_every_isolation_level(ledger, acme):
    in_another_role_and_at_every_isolation_level(ledger, acme, "UPDATE")


@pytest.mark.guarantee("LED-02")
def test_a_delete_is_refused_in_another_role_and_at_every_isolation_level(ledger, acme):
    in_another_role_and_at_every_isolation_level(ledger, acme, "DELETE")


@pytest.mark.guarantee("LED-01")
def test_an_insert_on_conflict_do_update_is_refused(ledger, acme):
    if constraint := identifying_constraint(ledger.admin, TABLES.ledger):
        attack_as_everyone(ledger, acme, {"INSERT ... ON CONFLICT DO UPDATE": upsert(acme, constraint)})


@pytest.mark.guarantee("LED-02")
@pytest.mark.parametrize("actor", ACTORS)
def test_a_delete_is_refused_however_it_is_written_by(actor, ledger, acme):
    for entry in (acme.entries[0], acme.entries[-1]):
        attack_as_everyone(ledger, acme, {"a DELETE": deletes(entry)["a DELETE"]}, who=(actor,))
    attack_as_everyone(ledger, acme, deletes(acme.entries[6]), who=(actor,))


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
    for entry in acme.entries:
        try:
            refusal = resist(ledger.session("superuser"), statement(attack, entry.id), attack, sees_all=True)
        except BrokenError:
            return  # that it is not refused at all is LED-01 and LED-02
        assert refusal.names_its_cause(), f"{attack.split()[0]} is refused with no word about the ledger: {refusal}"
