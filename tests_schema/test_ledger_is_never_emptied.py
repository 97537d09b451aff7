"""LED: TRUNCATE, which fires no row trigger, and session_replication_role, which switches ordinary triggers off."""

from contextlib import suppress

import psycopg
import pytest

from spec import OWNER, TABLES
from support.attacks import CHANGES, DELETION, accepted_anywhere, on_part, prepared_by, setting, statement
from support.catalog import ledger_parts, partition_columns
from support.ledger import LOCK, insert, values
from support.refusals import Refusal, undone
from support.resistance import empties, resist, resists, unchanged

REPLICA = "SET LOCAL session_replication_role = replica"


@pytest.mark.guarantee("LED-03")
@pytest.mark.parametrize("actor", ["superuser", "owner", "app"])
@pytest.mark.parametrize("form", ["", "CASCADE", "RESTART IDENTITY"], ids=["plain", "cascade", "restart_identity"])
def test_a_truncate_is_refused(form, actor, ledger, acme):
    if ledger.lacks(actor):
        return
    before = ledger.before
    what = f"TRUNCATE {{ledger}} {form}".strip()
    empties(ledger.session(actor, acme), prepared_by(then=statement(what)), f"{what} by {actor}")
    unchanged(ledger.admin, before, what)


@pytest.mark.guarantee("LED-03")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_a_truncate_is_refused_however_it_is_written(actor, ledger, acme):
    before = ledger.before
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


CIRCUMSTANCES = {
    "after SET ROLE": [f"SET LOCAL ROLE {OWNER}"],
    "at SERIALIZABLE": ["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"],
    "at REPEATABLE READ": ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"],
    "under the lock that the application takes": [LOCK.format("org_acme")],
    "in a trigger of another table": [
        "CREATE TEMP TABLE bait (x int) ON COMMIT DROP",
        f"CREATE FUNCTION pg_temp.spring() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN TRUNCATE public.{TABLES.ledger} CASCADE; RETURN NEW; END $$",
        "CREATE TRIGGER spring BEFORE INSERT ON pg_temp.bait FOR EACH ROW EXECUTE FUNCTION pg_temp.spring()",
    ],
}


@pytest.mark.guarantee("LED-03")
@pytest.mark.parametrize("circumstance", CIRCUMSTANCES)
def test_a_truncate_is_refused_to_a_superuser(circumstance, ledger):
    before = ledger.before
    act = statement("INSERT INTO pg_temp.bait VALUES (1)" if "trigger" in circumstance else "TRUNCATE {ledger} CASCADE")
    attack = prepared_by(*CIRCUMSTANCES[circumstance], then=act)
    empties(ledger.session("superuser"), attack, f"TRUNCATE {circumstance}")
    unchanged(ledger.admin, before, f"a refused TRUNCATE {circumstance}")


@pytest.mark.guarantee("LED-03")
def test_a_truncate_is_refused_to_an_owner_who_sees_no_entry(ledger):
    before = ledger.before
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
    before = ledger.before
    attack = prepared_by(then=statement("TRUNCATE public.organisations CASCADE"))
    empties(ledger.session(actor, acme), attack, f"TRUNCATE organisations CASCADE by {actor}")
    unchanged(ledger.admin, before, "TRUNCATE organisations CASCADE")


@pytest.mark.guarantee("LED-05")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_replication_role_replica_opens_no_entry_to_update_or_delete(actor, ledger, acme):
    before = ledger.before
    for attack in (*setting("amount", ["7"]), DELETION):
        one = statement(attack.replace("%L", "%s"), acme.entries[6].id)
        if not resists(ledger.session(actor, acme), prepared_by(then=one)):
            continue  # open without the setting too: LED-01, LED-02
        what = f"{attack.split()[0]} under session_replication_role = replica by {actor}"
        resist(ledger.session(actor, acme), prepared_by(REPLICA, then=one), what, sees_all=actor == "superuser")
    unchanged(ledger.admin, before, "attacks under session_replication_role = replica")


@pytest.mark.guarantee("LED-05")
def test_replication_role_replica_opens_none_of_the_entries(ledger):
    before = ledger.before
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
    before = ledger.before
    attack = prepared_by(REPLICA, then=statement("TRUNCATE {ledger} CASCADE"))
    if not resists(ledger.session(actor, acme), prepared_by(then=statement("TRUNCATE {ledger} CASCADE"))):
        return  # open without the setting too: LED-03
    empties(ledger.session(actor, acme), attack, f"TRUNCATE under session_replication_role = replica by {actor}")
    unchanged(ledger.admin, before, "TRUNCATE under session_replication_role = replica")


def touches(conn, attack):
    """Whether an attack in an open transaction touches a row; an error takes nothing else back."""
    with suppress(psycopg.Error), conn.transaction():
        return attack(conn) > 0
    return False


@pytest.mark.guarantee("LED-07")
@pytest.mark.parametrize("actor", ["superuser", "owner"])
def test_every_part_of_the_ledger_refuses_change_and_removal(actor, ledger, acme, initech):
    before = ledger.before
    for part in ledger_parts(ledger.admin)[1:]:
        for name, attack in on_part(part).items():
            if "TRUNCATE" in name:
                empties(ledger.session(actor, acme), prepared_by(then=attack), f"{name} by {actor}")
            elif ledger.admin.execute(f"SELECT EXISTS (SELECT FROM ONLY {part.name})").fetchone() == (True,):
                resist(ledger.session(actor, acme), attack, f"{name} by {actor}", sees_all=actor == "superuser")
            elif actor == "superuser":
                row = insert([values(initech.next())])
                stored_there = (row[0].replace(f"public.{TABLES.ledger}".encode(), part.name.encode()), row[1])
                with suppress(psycopg.Error), undone(ledger.session(actor)):
                    ledger.session(actor).execute(*stored_there)  # what cannot be stored there needs no protection
                    accepted = touches(ledger.session(actor), attack)
                    assert not accepted, f"{name} by {actor} was accepted once an entry was stored in it"
    unchanged(ledger.admin, before, "attacks on the parts of the ledger")


@pytest.mark.guarantee("LED-07")
def test_every_part_of_the_ledger_takes_only_what_the_ledger_would_take(ledger, acme):
    before = ledger.before
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
