"""TEN: no way around the isolated tables: views, other tables, statistics, functions, errors.

Judged by interference: what a session sees must not depend on whether another organisation has a row more.
"""

import psycopg
import pytest

from spec import TABLES, TENANCY
from support.leaks import STATISTICS, callable_functions, calls, content, readable, refresh, reveals, same
from support.ledger import append
from support.made_up import an_id
from support.refusals import BrokenError, accepted, undone
from support.rows import add_row
from support.tenants import ids_of, insertion, needs_isolated, whole

OTHERS = [table for table in TENANCY.tables if table != TABLES.ledger]


def session(place, who, organisation):
    return place.app(organisation) if who == "app" else place.readonly(organisation)


def one_more_row_each(place, organisation):
    """In every isolated table, a row of the organisation that nobody else has to do with."""
    append(place.admin, organisation.next(amount=987_654_321, metadata={"donor": "unheard-of"}))
    for table in OTHERS:
        if not place.databases.subject.faults.get("isolated"):
            add_row(place.admin, table, id=an_id(table, "extra"), organisation_id=organisation.id)
    refresh(place.admin)


@pytest.mark.guarantee("TEN-13")
def test_no_relation_and_no_statistic_depends_on_foreign_rows(private, acme, globex):
    refresh(private.admin)
    shared = set(TABLES.names) - set(TENANCY.tables)  # by design everybody reads these

    def look(who):
        conn = session(private, who, acme)
        relations = [
            *readable(conn, without=set(TABLES.names)),
            *STATISTICS,
        ]  # the isolated tables: TEN-01, TEN-03, TEN-09
        return {relation: content(conn, relation, without=shared) for relation in relations}

    before = {who: look(who) for who in ("app", "readonly")}
    one_more_row_each(private, globex)
    for who, seen in before.items():
        same(seen, look(who), f"working for {acme.id}, {who}: that {globex.id} has another row")


@pytest.mark.guarantee("TEN-14")
@pytest.mark.parametrize("who", ["app", "readonly"])
def test_no_function_shows_foreign_rows(who, still, acme, globex, request):
    if not callable_functions(session(still, who, acme)):
        return
    private = request.getfixturevalue("private")
    conn = session(private, who, acme)
    names = [globex.id, globex.entries[0].id, acme.id]
    before, again = calls(conn, names), calls(conn, names)
    for (name, given), rows in before.items():
        for row in rows or ():
            secret = reveals(row, globex, given=given)
            assert secret is None, f"working for {acme.id}, {who} learns {secret} of {globex.id} from {name}{given}"
    one_more_row_each(private, globex)
    after = calls(conn, names)
    for call, rows in before.items():
        if rows == again[call] and rows != after[call]:  # what varies by itself says nothing
            raise BrokenError(f"working for {acme.id}, {who} learns from {call[0]} that {globex.id} has another row")


@pytest.mark.guarantee("TEN-14")
@pytest.mark.parametrize("who", ["app", "readonly"])
def test_no_function_changes_foreign_rows(who, still, acme, globex, request):
    if not callable_functions(session(still, who, acme)):
        return
    private = request.getfixturevalue("private")
    names = [globex.id, globex.entries[0].id, globex.entries[-1].id, acme.id, "changed"]
    foreign = {table: foreign_rows(private, table, acme) for table in TENANCY.tables}
    calls(session(private, who, acme), names)
    for table, before in foreign.items():
        changed = set(before) ^ set(foreign_rows(private, table, acme))
        assert not changed, f"working for {acme.id}, {who} changed by calling a function: {sorted(changed)[:2]}"


def foreign_rows(place, table, organisation):
    try:
        rows = whole(place.admin, table)
    except psycopg.Error:
        return []
    own = ids_of(place.admin, table, organisation.id)
    return [row for row in rows if row.split(",")[0].strip('("') not in own]


def lost_by_calling(request, still, who, acme):
    """The entries that are gone, by id: None, or what they became."""
    if still.lacks(who) or not callable_functions(still.session(who, acme)):
        return {}
    private = request.getfixturevalue("private")
    query = f"SELECT id, e::text FROM public.{TABLES.ledger} e"
    before = dict(private.admin.execute(query).fetchall())
    calls(private.session(who, acme), [acme.entries[0].id, acme.entries[-1].id, acme.id, "changed"])
    after = dict(private.admin.execute(query).fetchall())
    return {id_: after.get(id_) for id_, row in before.items() if after.get(id_) != row}


@pytest.mark.guarantee("LED-01")
@pytest.mark.parametrize("who", ["app", "owner"])
def test_no_function_changes_an_entry(who, still, acme, request):
    changed = [id_ for id_, row in lost_by_calling(request, still, who, acme).items() if row]
    assert not changed, f"by calling a function, {who} changed {changed[:3]}"


@pytest.mark.guarantee("LED-02")
@pytest.mark.parametrize("who", ["app", "owner"])
def test_no_function_removes_an_entry(who, still, acme, request):
    removed = [id_ for id_, row in lost_by_calling(request, still, who, acme).items() if row is None]
    assert not removed, f"by calling a function, {who} removed {removed[:3]}"


@pytest.mark.guarantee("TEN-15")
def test_a_refused_reference_to_a_foreign_fund_tells_no_more_than_one_to_no_fund(still, acme, globex):
    for table in OTHERS:
        needs_isolated(still.admin, table, still.databases.subject.faults)
    own, foreign = (sorted(ids_of(still.admin, "funds", organisation.id))[0] for organisation in (acme, globex))
    conn = still.app(acme)

    def refusal(fund):
        given = {"id": "txn_reference1", "organisation_id": acme.id, "fund_id": fund}
        statement, row = insertion(still.admin, "transactions", **given)
        try:
            with undone(conn):
                conn.execute(statement, row)
        except psycopg.Error as error:
            return error.sqlstate, str(error).replace(fund, "<fund>")
        return None

    if refusal(own):
        return  # the application cannot add transactions on funds at all: TEN-04
    nowhere = "fund_" + "0" * (len(foreign) - 5)
    assert refusal(foreign) == refusal(nowhere), (
        f"a reference to {foreign} of {globex.id} gives {refusal(foreign)}, one to no fund {refusal(nowhere)}"
    )


@pytest.mark.guarantee("TEN-01")
def test_row_security_is_not_switched_off_by_a_session(still, acme):
    conn = still.app(acme)
    conn.execute("SET row_security = off")
    with accepted("the application's session after SET row_security = off"):
        conn.execute("SELECT 1")
    for query in ("SELECT id FROM public.ledger_entries", "SELECT id FROM public.ledger_entries WHERE amount > 0"):
        try:
            found = {row[0] for row in conn.execute(query)}
        except psycopg.Error:
            continue  # refused rather than unfiltered
        assert found <= acme.entry_ids, f"after SET row_security = off, {sorted(found - acme.entry_ids)} are read"
