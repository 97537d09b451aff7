"""CHN: what a link may be, for one session after the other."""

from contextlib import suppress

import psycopg
import pytest

from support.append_forms import FORMS
from support.append_many import refuse_each
from support.chains import LINKS, UNKNOWN, accept, may_append, one_chain, refuse, wrong_links
from support.ledger import append
from support.refusals import BrokenError, Refusal, accepted, refused, undone
from support.resistance import unchanged
from support.sowing import add_organisation, varied

ACTORS = ("superuser", "owner", "app")


@pytest.mark.guarantee("CHN-01")
@pytest.mark.parametrize("actor", ACTORS)
def test_a_first_entry_is_accepted_without_a_link_and_refused_with_one_by(actor, ledger, initech, acme, contents):
    if ledger.lacks(actor):
        return
    conn = ledger.session(actor, initech)
    before = ledger.before
    if actor == "superuser":
        may_append(conn, initech.next())
    for link in (UNKNOWN, acme.head, "", "sha256:" + "0" * 64):
        refuse(conn, initech.next(prev_entry_hash=link), what=f"by {actor}, a first entry with the link {link!r}")
        wrong = [initech.next(**content, prev_entry_hash=link) for content in contents]
        refuse_each(conn, wrong, f"by {actor}, a first entry with the link {link!r}")
    unchanged(ledger.admin, before, "refused first entries")


def refuse_all(place, actor, organisation, links, contents):
    conn = place.session(actor, organisation)
    before = place.before
    if actor == "superuser":  # that the others may append to their own ledger is for tests_security to say
        may_append(conn, organisation.next())
    for name, link in links.items():
        what = f"by {actor}, an entry that links to {name}"
        refuse(conn, organisation.next(prev_entry_hash=link), what=what)
        refuse_each(conn, [organisation.next(**content, prev_entry_hash=link) for content in contents], what)
    unchanged(place.admin, before, "refused links")


@pytest.mark.guarantee("CHN-02")
@pytest.mark.parametrize("link", LINKS)
def test_an_entry_is_refused_that_links_to(link, ledger, acme, globex, contents):
    refuse_all(ledger, "superuser", acme, {link: wrong_links(acme, globex)[link]}, contents)


@pytest.mark.guarantee("CHN-02")
@pytest.mark.parametrize("actor", ["owner", "app"])
def test_a_wrong_link_is_refused_to(actor, ledger, acme, globex, contents):
    if not ledger.lacks(actor):
        refuse_all(ledger, actor, acme, wrong_links(acme, globex), contents)


@pytest.mark.guarantee("CHN-02")
def test_an_entry_under_a_strange_id_is_refused_with_a_wrong_link(ledger, acme, words):
    conn = ledger.session("superuser")
    for number, word in enumerate(("imp_", "test_", "0", *words.literals)):
        entry = acme.next(id=f"{word[:16]}{number}", prev_entry_hash=UNKNOWN)
        refuse(conn, entry, what=f"an entry with the id {entry.id} that links to a hash that no entry has")


@pytest.mark.guarantee("CHN-01")
def test_an_organisation_under_a_strange_id_begins_without_a_link(busy, words):
    conn = busy.session("superuser")
    for number, word in enumerate(("demo_", "test_", "0", *words.literals)):
        try:
            organisation = add_organisation(busy.admin, f"{word[:16]}{number}")
        except psycopg.Error:
            continue  # no organisation can have such an id
        refuse(conn, organisation.next(prev_entry_hash=UNKNOWN), what=f"a first entry of {organisation.id} with a link")


@pytest.mark.guarantee("CHN-02")
@pytest.mark.parametrize("length", [2, 5, 12, 26])
def test_a_wrong_link_is_refused_in_a_chain_of_length(length, busy, globex):
    conn = busy.session("superuser")
    organisation = busy.found()
    for number in range(length):
        content = {**varied(number % 13), "created_at": organisation.next().created_at}
        for entry in (organisation.next(**content), organisation.next()):
            with suppress(psycopg.Error):
                append(conn, entry)
                organisation = organisation.grown(entry)
                break
        else:
            return  # that the chain goes on is CHN-13
    for name in ("no link", "the entry before the head", "a hash that no entry has"):
        link = wrong_links(organisation, globex)[name]
        refuse(conn, organisation.next(prev_entry_hash=link), what=f"in a chain of {length}, a link to {name}")


@pytest.mark.guarantee("CHN-02")
def test_a_wrong_last_row_of_many_is_refused(busy):
    conn = busy.session("superuser")
    organisation = busy.found()
    rows = []
    for _ in range(25):
        rows.append(organisation.next())
        organisation = organisation.grown(rows[-1])
    with undone(conn), accepted("25 entries in one statement"):
        append(conn, *rows)
    wrong = organisation.next(prev_entry_hash=UNKNOWN)
    refuse(conn, *rows, wrong, what="a 26th row of one INSERT that links to a hash that no entry has")
    with refused("a 26th entry of one transaction that links to a hash that no entry has"), undone(conn):
        for row in rows:
            append(conn, row)
        append(conn, wrong)


@pytest.mark.guarantee("CHN-02")
@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_link_is_refused_however_it_is_written(form, ledger, acme, globex):
    conn = ledger.session("superuser")
    before = ledger.before
    write = FORMS[form]
    may_append(conn, acme.next())
    try:
        with undone(conn):
            write(conn, acme.next())
    except psycopg.Error:
        return  # honest entries cannot be written so either (deferred keys and ON CONFLICT): no way in
    for name in ("no link", "the entry before the head", "a hash that no entry has"):
        with refused(f"an entry that links to {name}, written as {form},"), undone(conn):
            write(conn, acme.next(prev_entry_hash=wrong_links(acme, globex)[name]))
    unchanged(ledger.admin, before, f"refused links, written as {form}")


@pytest.mark.guarantee("CHN-02")
def test_a_wrong_second_row_of_one_statement_is_refused(ledger, acme, globex):
    conn = ledger.session("superuser")
    before = ledger.before
    first = acme.next()
    for name, link in wrong_links(acme.grown(first), globex).items():
        second = acme.grown(first).next(prev_entry_hash=link)
        refuse(conn, first, second, what=f"a second row of one INSERT that links to {name}")
    unchanged(ledger.admin, before, "refused second rows")


@pytest.mark.guarantee("CHN-02")
def test_a_wrong_first_row_is_refused_though_the_second_follows_it(ledger, acme, globex):
    conn = ledger.session("superuser")
    for name in ("no link", "the entry before the head", "a hash that no entry has"):
        wrong = acme.next(prev_entry_hash=wrong_links(acme, globex)[name])
        refuse(
            conn, wrong, acme.grown(wrong).next(), what=f"two rows of one INSERT, the first of which links to {name},"
        )


@pytest.mark.guarantee("CHN-11")
def test_the_refusal_of_a_wrong_link_says_why(ledger, acme, globex, initech):
    conn = ledger.session("superuser")
    for name, link in wrong_links(acme, globex).items():
        try:
            refusal = refuse(conn, acme.next(prev_entry_hash=link), what=f"a link to {name}")
        except BrokenError:
            return  # that it is not refused at all is CHN-02
        assert refusal.names_its_cause(), f"a link to {name} is refused with no word about the chain: {refusal}"
    refusal = Refusal()
    try:
        append(conn, initech.next(prev_entry_hash=UNKNOWN))
    except psycopg.Error as error:
        refusal = Refusal(error)
    assert not refusal.error or refusal.names_its_cause(), f"a first entry with a link is refused wordlessly: {refusal}"


@pytest.mark.guarantee("CHN-13")
def test_after_a_refused_append_the_honest_one_is_accepted(busy, globex):
    conn = busy.session("superuser")
    organisation = busy.found()
    for _ in range(3):
        entry = organisation.next()
        accept(conn, entry)
        organisation = organisation.grown(entry)
    for name, link in wrong_links(organisation, globex).items():
        try:
            append(conn, organisation.next(prev_entry_hash=link))
        except psycopg.Error:
            pass
        else:
            return  # a wrong link was accepted: CHN-02 says so, and what follows proves nothing
        entry = organisation.next()
        accept(conn, entry, f"the honest next entry after a refused link to {name}")
        organisation = organisation.grown(entry)
    one_chain(busy.admin, organisation)


@pytest.mark.guarantee("CHN-13")
def test_after_a_refused_append_the_same_transaction_goes_on_from_its_savepoint(busy):
    conn = busy.session("superuser")
    organisation = busy.found()
    for _ in range(2):
        entry = organisation.next()
        with conn.transaction():
            with suppress(psycopg.Error), conn.transaction():
                append(conn, organisation.next(prev_entry_hash=UNKNOWN))
                conn.execute("SET CONSTRAINTS ALL IMMEDIATE")
                return  # accepted: CHN-01, CHN-02
            accept(conn, entry, "the honest entry after ROLLBACK TO SAVEPOINT")
        organisation = organisation.grown(entry)
    one_chain(busy.admin, organisation)
