"""CHN: within an organisation a hash names one entry, so that following the links never comes round again."""

import pytest

from support.append_many import refuse_each
from support.chains import UNKNOWN, accept, refuse
from support.ledger import append
from support.refusals import accepted, refused, undone
from support.resistance import unchanged


@pytest.mark.guarantee("CHN-08")
@pytest.mark.parametrize("position", [0, 6, -2], ids=["first", "middle", "last_but_one"])
def test_an_entry_is_refused_with_the_hash_of_the_entry_that_is(position, ledger, acme, contents):
    conn = ledger.session("superuser")
    before = ledger.before
    honest = acme.next()
    with undone(conn), accepted("the same entry with a hash of its own"):
        append(conn, honest)
    taken = acme.entries[position].entry_hash
    refuse(conn, honest.changed(entry_hash=taken), what="an entry with the hash of an older one")
    wrong = [acme.next(**content).changed(entry_hash=taken) for content in contents]
    refuse_each(conn, wrong, "an entry with the hash of an older one")
    unchanged(ledger.admin, before, "a refused duplicate hash")


@pytest.mark.guarantee("CHN-08")
def test_an_entry_that_links_to_itself_is_refused(ledger, acme, initech, contents):
    conn = ledger.session("superuser")
    wrong = [acme.next(**content).changed(entry_hash=acme.head) for content in ({}, *contents)]
    refuse(conn, wrong[0], what="an entry whose hash is its own link")
    refuse_each(conn, wrong, "an entry whose hash is its own link")
    alone = [acme.next(**content).changed(prev_entry_hash=UNKNOWN, entry_hash=UNKNOWN) for content in ({}, *contents)]
    refuse_each(conn, alone, "an entry that links to nothing but itself")
    first = initech.next()
    looped = first.changed(prev_entry_hash=first.entry_hash, entry_hash=first.entry_hash)
    refuse(conn, looped, what="a first entry that links to itself")


@pytest.mark.guarantee("CHN-08")
def test_a_cycle_is_refused(busy):
    conn = busy.session("superuser")
    organisation = busy.found()
    for _ in range(2):
        entry = organisation.next()
        accept(conn, entry)
        organisation = organisation.grown(entry)
    first, head = organisation.entries
    refuse(conn, organisation.next().changed(entry_hash=first.entry_hash), what="an entry that closes a cycle")
    both = organisation.next()
    back = organisation.grown(both).next().changed(entry_hash=head.entry_hash)
    refuse(conn, both, back, what="two entries in one statement that close a cycle")


@pytest.mark.guarantee("CHN-08")
def test_a_cycle_beside_the_chain_is_refused(ledger, acme):
    conn = ledger.session("superuser")
    before = ledger.before
    left, right = "sha256:" + "1e" * 32, "sha256:" + "2f" * 32
    there = acme.next().changed(prev_entry_hash=right, entry_hash=left)
    back = acme.next().changed(prev_entry_hash=left, entry_hash=right)
    refuse(conn, there, back, what="two entries in one statement that link to each other")
    with refused("two entries that link to each other, with constraints deferred"), undone(conn):
        conn.execute("SET CONSTRAINTS ALL DEFERRED")
        append(conn, there)
        append(conn, back)
    unchanged(ledger.admin, before, "a refused cycle beside the chain")
