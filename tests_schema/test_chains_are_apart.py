"""CHN: each organisation has a chain of its own."""

import pytest

from support.chains import accept, one_chain, refuse
from support.ledger import append
from support.refusals import accepted, undone
from support.sowing import add_organisation


@pytest.mark.guarantee("CHN-03")
def test_organisations_whose_ids_differ_in_case_have_chains_of_their_own(busy):
    conn = busy.session("superuser")
    for name in ("org_case", "ORG_CASE"):
        organisation = add_organisation(busy.admin, name)
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
