"""REP: who reads from the replica sees its own organisation's rows, all of them, and is granted what the primary grants."""

import pytest
from psycopg import sql

from audit.audit import audit
from audit.postgres import Database, connect
from spec import APP, READONLY, TENANCY
from support.catalog_digest import catalog
from support.ledger import entries_of, in_chain_order, stored
from support.rds_like import DATABASE
from support.recovery.attacks import organisation
from support.sowing import ACME, EMPTY, GLOBEX, known

# Everything asked here stood on the primary before the replica was made: this is not about catching up.
pytestmark = pytest.mark.guarantee("REP-06")
UNKNOWN = "org_nobody"


@pytest.mark.parametrize("role", [READONLY, APP])
@pytest.mark.parametrize("name", [ACME, GLOBEX, EMPTY])
def test_a_reader_sees_exactly_the_entries_of(name, role, pair):
    told = organisation(pair.primary, name)
    conn = pair.replica.session(role, told)
    everything = conn.execute("SELECT count(*) FROM public.ledger_entries").fetchone()
    assert everything == (len(told.entries),), f"{role} for {name} sees {everything[0]} entries on the replica"
    assert in_chain_order(entries_of(conn, name)) == [*told.entries]


@pytest.mark.parametrize("role", [READONLY, APP])
def test_a_session_that_goes_on_to_another_organisation_sees_that_one_only(role, pair):
    conn = pair.replica.session(role)
    for name in (ACME, GLOBEX, UNKNOWN, ACME, EMPTY):
        conn.execute("SELECT set_config(%s, %s, false)", [TENANCY.setting, name])
        seen = {row[0] for row in conn.execute("SELECT id FROM public.ledger_entries")}
        assert seen == known(pair.primary.admin, name).entry_ids, f"{role} for {name} sees other entries on the replica"


@pytest.mark.parametrize("table", sorted(set(TENANCY.tables) - {"ledger_entries"}))
def test_a_reader_sees_what_the_primary_shows_it_in(table, pair):
    query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier("public", table))
    for name in (ACME, GLOBEX, EMPTY):
        told = organisation(pair.primary, name)
        there, here = (
            sorted(machine.session(READONLY, told).execute(query).fetchall())
            for machine in (pair.primary, pair.replica)
        )
        assert here == there, f"{READONLY} for {name} sees other rows of {table} on the replica"


def test_an_audit_by_the_reader_sees_every_entry_once(pair):
    before = len(stored(pair.replica.admin))
    with connect(pair.replica.server.dsn(READONLY, DATABASE)) as conn:
        found = audit(Database(conn))
    assert 0 < before <= found.entries <= len(stored(pair.replica.admin)), f"the audit saw {found.entries} entries"
    assert found.intact, f"the audit found {dict(found.findings.counts)}"


def test_policies_grants_and_roles_are_the_primarys(pair):
    there, here = catalog(pair.primary.server), catalog(pair.replica.server)
    differing = sorted(name for name in there.keys() | here.keys() if there.get(name) != here.get(name))
    assert not differing, f"other on the replica: {', '.join(differing[:10])}"
    assert any(name.startswith("policy") for name in here)
