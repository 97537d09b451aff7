"""REP: a replica that takes the primary's place keeps the ledger and its protection, and goes on with the chain."""

import pytest

from spec import APP, READONLY
from support.catalog_digest import catalog
from support.ledger import entry_ids
from support.recovery.attacks import organisation, withstands
from support.sowing import ACME, GLOBEX

pytestmark = pytest.mark.guarantee("REP-08")


def test_it_is_no_replica_any_more(promoted):
    assert promoted.machine.admin.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)


def test_it_holds_every_entry_that_the_primary_held(promoted):
    assert promoted.rows == promoted.expected, "the ledger of the promoted replica is not what the primary's was"
    assert any(ACME in row for row in promoted.rows)


def test_it_is_protected_as_the_primary_was(pair, promoted):
    there, here = catalog(pair.primary.server), catalog(promoted.machine.server)
    differing = sorted(name for name in there.keys() | here.keys() if there.get(name) != here.get(name))
    assert not differing, f"other on the promoted replica: {', '.join(differing[:10])}"


def test_it_withstands_attacks_and_takes_the_next_entry(promoted):
    withstands(promoted.machine)


@pytest.mark.parametrize("role", [APP, READONLY])
def test_who_read_there_reads_on(role, promoted):
    globex = organisation(promoted.machine, GLOBEX)
    assert entry_ids(promoted.machine.session(role, globex)) == globex.entry_ids
