"""MIG: the models are what the migrations make, and it would be noticed if they were not."""

import pytest

LONG = 1000  # characters of what autogenerate finds


@pytest.mark.guarantee("MIG-02")
def test_autogenerate_finds_nothing(migrations):
    if migrations.trip.drift is None:
        pytest.skip(migrations.trip.failed or "this Alembic knows no `alembic check` (it came with 1.9)")
    assert migrations.trip.drift == "", f"alembic check: {migrations.trip.drift[:LONG]}"


@pytest.mark.guarantee("MIG-03")
def test_another_type_of_a_column_is_noticed(migrations):
    if migrations.trip.type_noticed is None:
        pytest.skip(
            migrations.trip.failed or "no column was found whose type can be changed for a while, or no `alembic check`"
        )
    assert migrations.trip.type_noticed, f"alembic check says the same when {migrations.trip.type_changed}"
