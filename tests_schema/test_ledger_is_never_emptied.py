"""LED: TRUNCATE, which fires no row trigger, and session_replication_role, which switches ordinary triggers off."""

import psycopg
import pytest

from spec import TABLES
from support.attacks import CHANGES, DELETION, accepted_anywhere, on_part, prepared_by, setting, statement
from support.catalog import ledger_parts, partition_columns
from support.ledger import stored
from support.refusals import Refusal
from support.resistance import empties, resist, resists, unchanged

REPLICA = "SET LOCAL session_replication_role = replica"


@pytest.mark.guarantee("LED-03")
@pytest.mark.parametrize("actor", ["superuser", "owner", "app"])
@pytest.mark.parametrize("form", ["", "CASCADE", "RESTART IDENTITY"], ids=["plain", "cascade", "restart_identity"])
def test_a_truncate_is_refused(form, actor, ledger, acme):
    if ledger.lacks(actor):
        return
    before = stored(ledger.admin)
    what = f"TRUNCATE ledger_entries {form}".strip()
    empties(ledger.session(actor, acme), prepared_by(then=statement(what)), f"{what} by {actor}")
    unchanged(ledger.admin, before, what)


@pytest.mark.guarantee("LED-03")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_a_truncate_is_refused_however_it_is_written(actor, ledger, acme):
    before = stored(ledger.admin)
    conn = ledger.session(actor, acme)
    for form in (
        "TRUNCATE ONLY {ledger}",
        "TRUNCATE TABLE {ledger} CONTINUE IDENTITY RESTRICT",
        "DO $$ BEGIN TRUNCATE {ledger} CASCADE; END $$",
        "DO $$ BEGIN EXECUTE 'trun' || 'cate public.' || 'ledger_' || 'entries cascade'; END $$",
    ):
        if "ONLY" in form and partition_columns(ledger.admin, TABLES.ledger):
            continue
        empties(conn, prepared_by(then=statement(form)), f"{form} by {actor}")
    unchanged(ledger.admin, before, "refused TRUNCATEs")


@pytest.mark.guarantee("LED-03")
def test_a_truncate_is_refused_to_an_owner_who_sees_no_entry(ledger):
    before = stored(ledger.admin)
    attack = prepared_by(then=statement("TRUNCATE {ledger} CASCADE"))
    empties(ledger.session("owner", name="unnamed"), attack, "TRUNCATE by an owner without a context")
    unchanged(ledger.admin, before, "a refused TRUNCATE")


@pytest.mark.guarantee("LED-08")
def test_the_refusal_says_why_of_a_truncate(ledger):
    try:
        prepared_by(then=statement("TRUNCATE {ledger} CASCADE"))(ledger.session("superuser"))
    except psycopg.Error as error:
        refusal = Refusal(error)
        assert refusal.names_its_cause(), f"TRUNCATE is refused with no word about the ledger: {refusal}"


@pytest.mark.guarantee("LED-04")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_a_truncate_cascade_of_the_organisations_does_not_reach_the_ledger(actor, ledger, acme):
    before = stored(ledger.admin)
    attack = prepared_by(then=statement("TRUNCATE public.organisations CASCADE"))
    empties(ledger.session(actor, acme), attack, f"TRUNCATE organisations CASCADE by {actor}")
    unchanged(ledger.admin, before, "TRUNCATE organisations CASCADE")


@pytest.mark.guarantee("LED-05")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_replication_role_replica_opens_no_entry_to_update_or_delete(actor, ledger, acme):
    before = stored(ledger.admin)
    for attack in (*setting("amount", ["7"]), DELETION):
        one = statement(attack.replace("%L", "%s"), acme.entries[6].id)
        if not resists(ledger.session(actor, acme), prepared_by(then=one)):
            continue  # open without the setting too: LED-01, LED-02
        what = f"{attack.split()[0]} under session_replication_role = replica by {actor}"
        resist(ledger.session(actor, acme), prepared_by(REPLICA, then=one), what, sees_all=actor == "superuser")
    unchanged(ledger.admin, before, "attacks under session_replication_role = replica")


@pytest.mark.guarantee("LED-05")
def test_replication_role_replica_opens_none_of_the_entries(ledger):
    before = stored(ledger.admin)
    conn = ledger.session("superuser")
    attacks = [DELETION, *(one for column, changes in CHANGES.items() for one in setting(column, changes[:1]))]
    open_anyway = accepted_anywhere(conn, attacks)  # LED-01, LED-02
    conn.execute(REPLICA.replace("LOCAL ", ""))
    found = set(accepted_anywhere(conn, attacks)) - set(open_anyway)
    assert not found, f"accepted under session_replication_role = replica: {'; '.join(sorted(found))}"
    unchanged(ledger.admin, before, "attacks under session_replication_role = replica")


@pytest.mark.guarantee("LED-05")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_replication_role_replica_opens_the_ledger_to_no_truncate(actor, ledger, acme):
    before = stored(ledger.admin)
    attack = prepared_by(REPLICA, then=statement("TRUNCATE {ledger} CASCADE"))
    if not resists(ledger.session(actor, acme), prepared_by(then=statement("TRUNCATE {ledger} CASCADE"))):
        return  # open without the setting too: LED-03
    empties(ledger.session(actor, acme), attack, f"TRUNCATE under session_replication_role = replica by {actor}")
    unchanged(ledger.admin, before, "TRUNCATE under session_replication_role = replica")


@pytest.mark.guarantee("LED-07")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_every_part_of_the_ledger_refuses_change_and_removal(actor, ledger, acme):
    before = stored(ledger.admin)
    for part in ledger_parts(ledger.admin)[1:]:
        filled = ledger.admin.execute(f"SELECT EXISTS (SELECT FROM ONLY {part.name})").fetchone() == (True,)
        for name, attack in on_part(part).items():
            if "TRUNCATE" in name:
                empties(ledger.session(actor, acme), prepared_by(then=attack), f"{name} by {actor}")
            elif filled:
                resist(ledger.session(actor, acme), attack, f"{name} by {actor}", sees_all=actor == "superuser")
    unchanged(ledger.admin, before, "attacks on the parts of the ledger")


@pytest.mark.guarantee("LED-07")
def test_every_part_of_the_ledger_takes_only_what_the_ledger_would_take(ledger, acme):
    before = stored(ledger.admin)
    for part in ledger_parts(ledger.admin)[1:]:
        fork = acme.entries[0]
        columns = "organisation_id, type, amount, currency, visibility, metadata, prev_entry_hash, created_at"
        copy = (
            f"INSERT INTO {part.name} (id, entry_hash, {columns}) SELECT 'led_fork', 'sha256:' || repeat('0', 64), {columns} "
            "FROM {ledger} WHERE id = %s"
        )
        what = f"a second first entry written straight into {part.name}"
        resist(ledger.session("superuser"), prepared_by(then=statement(copy, fork.id)), what, sees_all=True)
    unchanged(ledger.admin, before, "entries written straight into the parts of the ledger")
