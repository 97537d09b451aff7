"""LED, CHN: no session setting is a back door. The candidate's own source says which settings and words it reads."""

from contextlib import suppress

import psycopg
import pytest

from spec import TENANCY
from support.append_many import not_refused, refuse_each
from support.attacks import DELETION, accepted_anywhere, prepared_by, setting, statement
from support.chains import UNKNOWN, wrong_links
from support.refusals import BrokenError, undone
from support.resistance import resists, unchanged

WORDS = ("on", "true", "1", "yes", "off", "false", "0", "2999-12-31")
ATTACKS = [DELETION, *(setting(*one)[0] for one in (("amount", ["7"]), ("visibility", ["'internal_only'"])))]


def choose(conn, words, value, *, bound=False):
    """Every setting that the schema reads gets this value, if the server takes it from this session at all.

    The organisation's too, unless row security binds the session: then it would see no entry any more.
    """
    for name in words.settings if bound else (*words.settings, TENANCY.setting):
        with suppress(psycopg.Error), conn.transaction():
            conn.execute("SELECT set_config(%s, %s, true)", [name, value])


def values(words, acme):
    numbers = (str(number) for number in words.numbers)
    return (*WORDS, *words.literals, *numbers, acme.entries[0].id) if words.settings else words.literals


@pytest.mark.guarantee("LED-06")
@pytest.mark.parametrize("actor", ["superuser", "app"])
def test_no_setting_that_the_schema_reads_opens_an_entry_to_change(actor, ledger, acme, words):
    if ledger.lacks(actor):
        return
    before = ledger.before
    sees_all = actor == "superuser"
    conn = ledger.session(actor, acme)
    open_anyway = set(accepted_anywhere(conn, ATTACKS, sees_all=sees_all))  # LED-01, LED-02
    for value in values(words, acme):
        with undone(conn):
            choose(conn, words, value, bound=not sees_all)
            found = set(accepted_anywhere(conn, ATTACKS, sees_all=sees_all)) - open_anyway
        assert not found, f"by {actor}, with {', '.join(words.settings)} = {value!r}, accepted: {sorted(found)[:3]}"
    unchanged(ledger.admin, before, "attacks under every setting that the schema reads")


@pytest.mark.guarantee("LED-06")
def test_no_setting_that_the_schema_reads_opens_the_ledger_to_truncate(ledger, acme, words):
    before = ledger.before
    conn = ledger.session("superuser")
    truncate = statement("TRUNCATE {ledger} CASCADE")
    if not resists(conn, prepared_by(then=truncate)):
        return  # open without any setting: LED-03
    for value in values(words, acme):
        with undone(conn):
            choose(conn, words, value)
            with suppress(psycopg.Error), conn.transaction():
                truncate(conn)
                raise BrokenError(f"with {', '.join(words.settings)} = {value!r}, TRUNCATE was accepted")
    unchanged(ledger.admin, before, "TRUNCATE under every setting that the schema reads")


@pytest.mark.guarantee("CHN-01", "CHN-02")
def test_no_setting_that_the_schema_reads_lets_a_wrong_link_in(ledger, acme, globex, initech, words, contents):
    conn = ledger.session("superuser")
    links = wrong_links(acme, globex)
    wrong = [acme.next(prev_entry_hash=links[name]) for name in ("no link", "a hash that no entry has")]
    wrong += [acme.next(**content, prev_entry_hash=UNKNOWN) for content in contents]
    wrong.append(initech.next(prev_entry_hash=UNKNOWN))
    open_anyway = {entry.id for entry, _ in not_refused(conn, wrong)}  # CHN-01, CHN-02
    wrong = [entry for entry in wrong if entry.id not in open_anyway]
    for value in values(words, acme):
        with undone(conn):
            choose(conn, words, value)
            refuse_each(conn, wrong, f"with {', '.join(words.settings)} = {value!r}, a wrong link")
