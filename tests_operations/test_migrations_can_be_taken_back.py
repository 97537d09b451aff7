"""MIG: the way down is a way back, and never over entries."""

import pytest

SHOWN = 10


def trip(migrations):
    if migrations.trip.failed:
        pytest.skip(migrations.trip.failed)
    return migrations.trip


@pytest.mark.guarantee("MIG-09")
def test_up_down_and_up_again_ends_in_the_same_catalog(migrations):
    there = trip(migrations)
    assert not there.down, f"alembic downgrade base: {there.down}"
    assert not there.differences, f"after up, down and up again other than after up: {', '.join(there.differences[:SHOWN])}"


@pytest.mark.guarantee("MIG-10")
def test_a_downgrade_leaves_the_entries(migrations):
    there = trip(migrations)
    if there.lost is None:
        pytest.skip(f"there was no database to fill: {there.down}")
    assert not there.lost, there.lost
