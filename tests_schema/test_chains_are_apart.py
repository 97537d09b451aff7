"""CHN: each organisation has a chain of its own."""

import psycopg
import pytest

from support.chains import accept, one_chain, refuse
from support.ledger import append
from support.refusals import accepted, undone
from support.sowing import add_organisation


@pytest.mark.guarantee("CHN-03")
@pytest.mark.parametrize("names", [("org_case", "org_Case"), ("org_muenchen_nord", "org_muenchen_sued")])
def test_organisations_with_similar_ids_have_chains_of_their_own(names, busy):
    conn = busy.session("superuser")
    for name in names:
        try:
            organisation = add_organisation(busy.admin, name)
        except psycopg.Error:
            return  # no organisation can have such an id
        for _ in range(2):
            entry = organisation.next()
            accept(conn, entry)
            organisation = organisation.grown(entry)
        one_chain(busy.admin, organisation)


@pytest.mark.guarantee("CHN-03")
def test_organisations_grow_side_by_side(busy):
    conn = busy.session("superuser")
    growing = [busy.found() for _ in range(3)]
    for number in range(9):
        organisation = growing[number % 3]
        entry = organisation.next()
        accept(conn, entry)
        growing[number % 3] = organisation.grown(entry)
    for organisation in growing:
        one_chain(busy.admin, organisation)


@pytest.mark.guarantee("CHN-03")
def test_a_chain_is_not_continued_in_another_organisation(ledger, acme, globex, initech):
    conn = ledger.session("superuser")
    for organisation, other in ((acme, globex), (globex, acme), (initech, acme)):
        with undone(conn), accepted(f"the honest next entry of {organisation.id}"):
            append(conn, organisation.next())
        for link in (other.head, other.entries[0].entry_hash):
            wrong = organisation.next(prev_entry_hash=link)
            refuse(conn, wrong, what=f"an entry of {organisation.id} that continues {other.id}")
