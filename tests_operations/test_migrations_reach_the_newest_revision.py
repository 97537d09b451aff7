"""MIG: the migrations lead from nothing to one newest revision, all of the way or not at all."""

import pytest

from support.failing_migration import left_behind

SHOWN = 10


@pytest.mark.guarantee("MIG-01")
def test_an_empty_database_is_brought_to_the_newest_revision(migrations):
    assert not migrations.trip.failed, migrations.trip.failed
    heads = {head.id for head in migrations.heads}
    assert set(migrations.trip.versions) == heads, (
        f"after alembic upgrade heads the database says it is at {migrations.trip.versions}, not at {heads}"
    )


@pytest.mark.guarantee("MIG-01")
def test_one_revision_after_the_other_leads_there_too(migrations):
    failed = [step for step in migrations.steps if step.failed]
    assert not failed, f"upgraded one by one, {failed[0].revision.name} fails: {failed[0].failed}"
    assert len(migrations.steps) == len(migrations.history) > 0


@pytest.mark.guarantee("MIG-04")
def test_a_migration_that_fails_leaves_nothing_behind(migrations):
    if migrations.failure is None:
        pytest.skip("the last migration could not be made to fail: Alembic's table of versions was not found")
    left = left_behind(migrations.failure, migrations.steps)
    assert not left, (
        f"{migrations.history[-1].name} was made to fail at its end; the database says it is at "
        f"{', '.join(migrations.failure.versions) or 'no revision'}, but is not what it was: {', '.join(left[:SHOWN])}"
    )


@pytest.mark.guarantee("MIG-05")
def test_there_is_one_head(migrations):
    heads = [head.name for head in migrations.heads]
    assert len(heads) == 1, f"{len(heads)} heads: {', '.join(heads)}"
