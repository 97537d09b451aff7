"""GRT: what else the two users and PUBLIC hold: on other tables, views, sequences, schemas, functions; now and later."""

import psycopg
import pytest

from spec import APP, READONLY
from support import privileges_beyond as beyond
from support.privileges import told
from support.roles import present

ROLES = (APP, READONLY)


def none_of(found, whose):
    assert not found, f"{whose}: {told(found, set())}"


@pytest.mark.guarantee("GRT-09")
@pytest.mark.parametrize("role", ROLES)
def test_on_other_tables_and_views_no_more_than_on_the_nine_is_held_by(role, catalog_of):
    none_of(beyond.on_other_relations(catalog_of, present(catalog_of, role)), role)


@pytest.mark.guarantee("GRT-09")
@pytest.mark.parametrize("role", ROLES)
def test_no_sequence_is_set_by(role, catalog_of):
    none_of(beyond.on_sequences(catalog_of, present(catalog_of, role)), role)


@pytest.mark.guarantee("GRT-09")
def test_no_table_view_or_sequence_is_open_to_everybody(catalog_of):
    none_of(beyond.of_public(catalog_of), "PUBLIC")


@pytest.mark.guarantee("GRT-10")
@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_held_that_reaches_out_by(role, catalog_of):
    none_of(beyond.reaching_out(catalog_of, present(catalog_of, role)), role)


@pytest.mark.guarantee("GRT-11")
def test_what_the_owner_creates_later_is_no_more_open(private):
    conn = private.owner()
    try:
        with conn.transaction(force_rollback=True):
            found = beyond.open_later(conn)
    except psycopg.Error:
        return  # the owner creates nothing: somebody else does, whose privileges are not documented
    none_of(found, "on what the owner creates later")


@pytest.mark.guarantee("GRT-12")
def test_no_function_lends_its_owners_rights_to_everybody(catalog_of):
    found = beyond.open_definers(catalog_of)
    assert not found, "; ".join(
        f"{name} runs with its owner's rights, and {why}" for name, why in sorted(found.items())
    )
