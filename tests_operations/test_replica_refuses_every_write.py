"""REP: nothing is written through the replica, whoever asks and however."""

import psycopg
import pytest

from spec import APP, OWNER, READONLY, TABLES
from support.ledger import append
from support.recovery.attacks import organisation
from support.refusals import accepted, said, undone
from support.sowing import ACME

pytestmark = pytest.mark.guarantee("REP-05")
READ_ONLY = "25006"
WRITES = (  # every one goes through on the primary, as superuser
    "UPDATE public.organisations SET name = name",
    "DELETE FROM public.checkpoints",
    "TRUNCATE public.checkpoints",
    "SET transaction_read_only = off",
    "SELECT id FROM public.organisations FOR UPDATE",
    "SELECT id FROM public.organisations FOR KEY SHARE",
    f"LOCK TABLE public.{TABLES.ledger} IN SHARE ROW EXCLUSIVE MODE",
    "COPY public.checkpoints FROM PROGRAM 'true'",
    "CREATE TABLE public.written ()",
    "CREATE TEMPORARY TABLE written ()",
    "CREATE TABLE public.written AS SELECT 1 AS one",
    "SELECT 1 AS one INTO public.written",
    f"ALTER TABLE public.{TABLES.ledger} DISABLE TRIGGER ALL",
    f"DROP TABLE public.{TABLES.ledger} CASCADE",
    f"CREATE INDEX written ON public.{TABLES.ledger} (amount)",
    f"GRANT ALL ON public.{TABLES.ledger} TO PUBLIC",
    "CREATE FUNCTION public.written() RETURNS int LANGUAGE sql RETURN 1",
    "CREATE ROLE written",
    "COMMENT ON SCHEMA public IS 'written'",
    "ANALYZE public.organisations",
    "CREATE SEQUENCE public.written",
    "SELECT lo_create(0)",
    "SELECT pg_create_restore_point('written')",
    "NOTIFY written",
    "DO 'BEGIN UPDATE public.organisations SET name = name; END'",
    "WITH written AS (UPDATE public.organisations SET name = name RETURNING id) SELECT * FROM written",
)
OTHER_STATES = {  # by the words "during recovery" and "recovery is in progress" all the same
    "SELECT pg_create_restore_point('written')": "55000",
    "SET transaction_read_only = off": "0A000",
    "SELECT lo_create(0)": "XX000",
}


def refused_by(conn, what, state, act):
    """The session must be refused with this SQLSTATE."""
    error = None
    try:
        with undone(conn):
            act(conn)
    except psycopg.Error as found:
        error = found
    assert error is not None, f"{what} was accepted by the replica"
    assert error.sqlstate == state, f"{what} failed for another reason: {said(error)}"


@pytest.mark.parametrize("statement", WRITES)
def test_the_replica_refuses_a_superusers(statement, pair):
    with accepted(f"{statement} on the primary"), undone(pair.primary.admin):
        pair.primary.admin.execute(statement)
    state = OTHER_STATES.get(statement, READ_ONLY)
    refused_by(pair.replica.admin, statement, state, lambda conn: conn.execute(statement))


@pytest.fixture
def acme_there(pair):
    """The organisation as it stands on the primary."""
    return organisation(pair.primary, ACME)


OPENINGS = ("SELECT", "SET default_transaction_read_only = off")
NEXT = [(role, opening) for role in ("postgres", OWNER, APP) for opening in OPENINGS]


@pytest.mark.parametrize(("role", "opening"), [*NEXT, ("postgres", "SET session_replication_role = replica")])
def test_the_replica_refuses_the_honest_next_entry_of(role, opening, pair, acme_there):
    here, there = (machine.session(role, acme_there) for machine in (pair.primary, pair.replica))
    for conn in (here, there):
        conn.execute(opening)
    with accepted("the honest next entry on the primary"), undone(here):
        append(here, acme_there.next())
    refused_by(there, f"an entry of {role}", READ_ONLY, lambda conn: append(conn, acme_there.next()))


@pytest.mark.parametrize("role", [OWNER, APP, READONLY])
@pytest.mark.parametrize("call", ["pg_promote(boolean, integer)", "pg_wal_replay_pause()", "pg_reload_conf()"])
def test_nobody_who_reads_there_makes_it_something_else_by(call, role, pair):
    conn = pair.replica.session(role)
    row = conn.execute("SELECT has_function_privilege(%s, 'EXECUTE')", [f"pg_catalog.{call}"]).fetchone()
    assert row == (False,), f"{role} may call {call} on the replica"
    name = call.partition("(")[0]
    refused_by(conn, f"{call} by {role}", "42501", lambda conn: conn.execute(f"SELECT pg_catalog.{name}()"))
