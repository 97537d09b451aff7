"""TEN: what a session reads and writes follows the organisation that it names: when it names none, another, or a look-alike."""

import psycopg
import pytest

from spec import TENANCY
from support.ledger import Organisation, append, entry_ids
from support.made_up import an_id
from support.refusals import BrokenError, accepted
from support.resistance import unchanged
from support.rows import made_row
from support.tenant_forms import inserts
from support.tenants import needs_isolated, seen

OTHERS = [table for table in TENANCY.tables if table != "ledger_entries"]
NAMED = f"SELECT set_config('{TENANCY.setting}', %s, %s)"


def nothing_is_seen(conn, table, when):
    found = seen(conn, table)
    assert not found, f"{when}, the session reads {sorted(found)} of {table}"


LOOK_ALIKES = {
    "in upper case": "ORG_ACME",
    "with a blank behind": "org_acme ",
    "with a blank before": " org_acme",
    "with a new line behind": "org_acme\n",
    "cut short": "org_acm",
    "a wildcard": "%",
    "a prefix and a wildcard": "org%",
    "single-character wildcards": "org_____",
    "a regular expression": ".*",
    "a quote": "org_acme' OR 'a'='a",
    "a comment": "org_acme'--",
    "a star": "*",
    "the word null": "null",
    "a list": "org_acme,org_globex",
    "an array": "{org_acme,org_globex}",
    "a Cyrillic letter": "\N{CYRILLIC SMALL LETTER O}rg_acme",
    "a full-width letter": "\N{FULLWIDTH LATIN SMALL LETTER O}rg_acme",
    "a zero-width space": "org_acme\N{ZERO WIDTH SPACE}",
    "a combining accent": "org_acme\N{COMBINING ACUTE ACCENT}",
    "very long": "org_acme" * 2000,
}


@pytest.mark.guarantee("TEN-01")
@pytest.mark.parametrize("context", LOOK_ALIKES)
def test_a_context_that_only_looks_like_an_organisation_reads_nothing(context, still):
    nothing_is_seen(still.app(Organisation(LOOK_ALIKES[context])), "ledger_entries", f"with a context {context}")


@pytest.mark.guarantee("TEN-06")
@pytest.mark.parametrize("table", TENANCY.tables)
def test_without_a_context_nothing_is_read_of(table, still):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    nothing_is_seen(still.login("app"), table, "in a session that never named an organisation")
    nothing_is_seen(still.app(Organisation("")), table, "with an empty context")


@pytest.mark.guarantee("TEN-06")
@pytest.mark.parametrize("table", TENANCY.tables)
def test_after_reset_nothing_is_read_of(table, still, acme):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    for forget in (f"RESET {TENANCY.setting}", "RESET ALL", "DISCARD ALL", f"SET {TENANCY.setting} TO DEFAULT"):
        conn = still.app(acme)
        seen(conn, table)  # what is remembered from here on shows
        conn.execute(forget)
        nothing_is_seen(conn, table, f"after {forget}")


@pytest.mark.guarantee("TEN-06")
def test_without_a_context_nothing_is_appended(still, initech):
    before = still.before
    for conn, when in ((still.login("app"), "that never named one"), (still.app(Organisation("")), "that names none")):
        try:
            append(conn, initech.next())
        except psycopg.Error:
            unchanged(still.admin, before, "a refused append without a context")
            continue
        raise BrokenError(f"a session {when} appended an entry")


@pytest.mark.guarantee("TEN-06")
@pytest.mark.parametrize("table", OTHERS)
def test_without_a_context_no_row_is_added_to(table, ledger, acme):
    needs_isolated(ledger.admin, table, ledger.databases.subject.faults)
    row = made_row(ledger.admin, table, id=an_id(table, "unnamed"), organisation_id=acme.id)
    for context in (None, ""):
        conn = ledger.login("app", None if context is None else Organisation(context))
        for name, write in inserts(table, row).items():
            try:
                touched = write(conn)
            except psycopg.Error:
                continue
            assert touched <= 0, f"without a context, {name} added a row to {table}"


def switches(conn, organisations, read):
    """Read for one organisation after the other in one session; each time exactly its entries come."""
    for organisation in organisations:
        conn.execute(NAMED, [organisation.id, False])
        with accepted(f"reading as {organisation.id}"):
            found = read()
        assert found == organisation.entry_ids, (
            f"after the context changed to {organisation.id}, the session reads "
            f"{len(found - organisation.entry_ids)} foreign entries and misses {len(organisation.entry_ids - found)}"
        )


PREPARED = {
    "a prepared statement": ("", "EXECUTE own"),
    "a prepared statement with a generic plan": ("SET plan_cache_mode = force_generic_plan", "EXECUTE own"),
    "a prepared statement with a custom plan": ("SET plan_cache_mode = force_custom_plan", "EXECUTE own"),
    "a function": ("", "SELECT pg_temp.own()"),
    "a function with a generic plan": ("SET plan_cache_mode = force_generic_plan", "SELECT pg_temp.own()"),
    "a view": ("", "SELECT id FROM pg_temp.own_view"),
}


@pytest.mark.guarantee("TEN-11")
@pytest.mark.parametrize("way", PREPARED)
def test_a_change_of_context_is_followed_at_once_by(way, still, acme, globex, initech):
    setting, query = PREPARED[way]
    conn = still.app(acme)
    conn.execute("PREPARE own AS SELECT id FROM public.ledger_entries")
    try:
        try:
            if "function" in way:
                conn.execute(
                    "CREATE FUNCTION pg_temp.own() RETURNS SETOF text LANGUAGE plpgsql "
                    "AS $$ BEGIN RETURN QUERY SELECT id::text FROM public.ledger_entries; END $$"
                )
            elif "view" in way:
                conn.execute("CREATE TEMP VIEW own_view AS SELECT id FROM public.ledger_entries")
        except psycopg.Error:
            return  # the application may not write such things here
        if setting:
            conn.execute(setting)
        order = [acme, globex, initech, acme, globex, acme, acme, globex, initech]  # a plan settles after five uses
        switches(conn, order, lambda: {row[0] for row in conn.execute(query)})
    finally:
        conn.execute("DEALLOCATE own")


@pytest.mark.guarantee("TEN-11")
def test_a_change_of_context_in_the_middle_of_a_transaction_is_followed(still, acme, globex):
    conn = still.app(acme)
    with conn.transaction(force_rollback=True):
        switches(conn, [acme, globex, acme], lambda: entry_ids(conn))
        conn.execute("SAVEPOINT here")
        conn.execute(NAMED, [globex.id, True])
        assert entry_ids(conn) == globex.entry_ids
        conn.execute("ROLLBACK TO SAVEPOINT here")
        assert entry_ids(conn) == acme.entry_ids, (
            "after ROLLBACK TO SAVEPOINT the context of before does not hold again"
        )


@pytest.mark.guarantee("TEN-12")
@pytest.mark.parametrize("table", TENANCY.tables)
@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
@pytest.mark.parametrize(
    "name_it",
    [f"SET LOCAL {TENANCY.setting} = 'org_acme'", f"SELECT set_config('{TENANCY.setting}', 'org_acme', true)"],
    ids=["SET_LOCAL", "set_config"],
)
def test_the_next_borrower_of_a_connection_reads_nothing_of(name_it, end, table, still, acme):
    needs_isolated(still.admin, table, still.databases.subject.faults)
    conn = still.app(name="borrowed")
    conn.execute("BEGIN")
    conn.execute(name_it)
    with conn.transaction():
        found = seen(conn, table)
    if table == "ledger_entries":
        assert found == acme.entry_ids, f"after {name_it} the session does not read acme's entries"
    conn.execute(end)
    nothing_is_seen(conn, table, f"after {name_it} and {end}")


@pytest.mark.guarantee("TEN-12")
def test_the_next_borrower_of_a_connection_appends_nothing(still, initech):
    before = still.before
    conn = still.login("app")
    conn.execute("BEGIN")
    conn.execute(NAMED, [initech.id, True])
    with accepted("the first entry of the organisation that the transaction names"):
        append(conn, initech.next())
    conn.execute("ROLLBACK")
    try:
        append(conn, initech.next())
    except psycopg.Error:
        unchanged(still.admin, before, "a refused append")
        return
    raise BrokenError("after the transaction that named an organisation, the connection appended to its ledger")
