"""SHP: the documented tables and columns are there, as declared."""

import pytest

from spec import TABLES
from support import catalog
from support.chains import takes
from support.ledger import append, values
from support.refusals import accepted, refused, undone

TEXTS = ("character varying", "text")


@pytest.mark.guarantee("SHP-01")
def test_the_nine_tables_exist(catalog_of):
    missing = set(TABLES.names) - catalog.tables(catalog_of)
    assert not missing, f"schema public has no table {', '.join(sorted(missing))}"


@pytest.mark.guarantee("SHP-02")
@pytest.mark.parametrize("name", TABLES.columns)
def test_a_column_has_the_documented_type(name, catalog_of):
    documented = TABLES.columns[name]
    found = catalog.columns(catalog_of, TABLES.ledger).get(name)
    assert found, f"the ledger has no column {name}"
    fitting = TEXTS if documented.type in TEXTS else (documented.type,)
    assert found.type in fitting or found.kind == "e", f"{name} is {found.type}, documented is {documented.type}"
    if found.length is not None:
        assert found.length == documented.length, f"{name} holds {found.length} characters, not {documented.length}"
    assert found.precision in (None, 6), f"{name} keeps {found.precision} digits of a second, not 6"


@pytest.mark.guarantee("SHP-02")
@pytest.mark.parametrize("name", ["id", "type", "currency", "visibility"])
def test_a_longer_value_is_refused_for(name, ledger, acme):
    length = TABLES.columns[name].length
    conn = ledger.session("superuser")
    with undone(conn), accepted("an entry with an ordinary value"):
        append(conn, acme.next())
    with refused(f"a {name} of {length + 1} characters"), undone(conn):
        append(conn, acme.next(**{name: "X" * (length + 1)}))


@pytest.mark.guarantee("SHP-02")
@pytest.mark.parametrize("name", ["id", "type", "visibility"])
def test_a_value_of_the_documented_length_fits_where_no_list_of_values_is_declared(name, ledger, acme):
    conn = ledger.session("superuser")
    value = values(acme.next())[name]
    if takes(conn, acme.next(**{name: value + "x"})):  # else a list or a pattern says what it may be
        longest = value.ljust(TABLES.columns[name].length, "x")
        with undone(conn), accepted(f"a {name} of {len(longest)} characters"):
            append(conn, acme.next(**{name: longest}))


@pytest.mark.guarantee("SHP-02")
def test_an_amount_beyond_64_bits_is_refused(ledger, acme):
    conn = ledger.session("superuser")
    with undone(conn), accepted("the largest amount"):
        append(conn, acme.next(amount=2**63 - 1))
    with refused("an amount of 2^63"), undone(conn):
        append(conn, acme.next(amount=2**63))


@pytest.mark.guarantee("SHP-09")
def test_the_ledger_and_its_parts_are_logged(catalog_of):
    parts = catalog.ledger_parts(catalog_of)
    assert parts, f"the candidate has no table {TABLES.ledger}"
    unlogged = [part.name for part in parts if part.persistence != "p"]
    assert not unlogged, f"not logged: {', '.join(unlogged)}"
