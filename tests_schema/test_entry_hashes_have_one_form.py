"""SHP: an entry hash has one form, probed with values on both sides of the rule and entries of every content."""

import psycopg
import pytest

from spec import TABLES
from support.append_many import refuse_each
from support.chains import takes
from support.ledger import append
from support.refusals import BrokenError, accepted, is_refusal, refused, said, undone

HASH = "ab" * 32


@pytest.mark.guarantee("SHP-07")
@pytest.mark.parametrize(
    "wrong",
    [
        "sha256:" + HASH.upper(),
        "sha256:" + HASH[:-1] + "A",
        "sha256:" + HASH[:-1],
        "sha256:" + HASH + "0",
        "sha256:" + HASH[:-1] + "g",
        "sha256:" + HASH[:-1] + "-",
        "sha256:g" + HASH[1:],
        "sha256:." + HASH[1:],
        "sha256:" + HASH[:31] + "z" + HASH[32:],
        "sha256:" + HASH[:31] + "_" + HASH[32:],
        "sha256:" + HASH[:31] + "\N{GREEK SMALL LETTER ALPHA}" + HASH[32:],
        "blake2:" + HASH,
        "sha256:" + HASH[:-1] + "\n",
        "sha256:" + HASH[:-1] + " ",
        " sha256:" + HASH[:-1],
        "sha512:" + HASH,
        "SHA256:" + HASH,
        "sha256" + HASH,
        "sha256-" + HASH,
        "sha1:" + HASH[:40],
        "md5:" + HASH[:32],
        HASH,
        "sha256:",
        "",
    ],
    ids=repr,
)
def test_an_entry_hash_is_refused_that_is(wrong, ledger, acme, initech, contents):
    conn = ledger.session("superuser")
    with undone(conn), accepted("the same entry with a well-formed hash"):
        append(conn, acme.next().changed(entry_hash="sha256:" + HASH))
    with refused(f"the entry hash {wrong!r}"):
        append(conn, acme.next().changed(entry_hash=wrong))
    entries = [*(acme.next(**content) for content in contents), initech.next()]
    refuse_each(conn, [entry.changed(entry_hash=wrong) for entry in entries], f"the entry hash {wrong!r}")


@pytest.mark.guarantee("SHP-07")
def test_an_entry_hash_in_upper_case_is_refused_to_the_application_too(ledger, acme):
    if ledger.lacks("app") or not takes(ledger.app(acme), acme.next()):
        return  # that it may append is TEN-02
    with refused("by the application, an entry hash in upper case"):
        append(ledger.app(acme), acme.next().changed(entry_hash="sha256:" + HASH.upper()))


@pytest.mark.guarantee("SHP-07")
def test_an_entry_hash_with_something_behind_it_is_not_stored(ledger, acme):
    conn = ledger.session("superuser")
    for tail in ("\n", " ", "\t", "\r\n", "x"):
        entry = acme.next()
        try:
            with undone(conn):
                append(conn, entry.changed(entry_hash=entry.entry_hash + tail))
                query = f"SELECT entry_hash FROM public.{TABLES.ledger} WHERE id = %s"
                found = conn.execute(query, [entry.id]).fetchone()
                assert found == (entry.entry_hash,), f"the entry hash {found and found[0]!r} was accepted and stored"
        except psycopg.Error as error:
            if not is_refusal(error):
                raise BrokenError(
                    f"a hash with {tail!r} behind it failed before it was judged: {said(error)}"
                ) from error
