"""MIG: the way down is a way back, and never over entries."""

import pytest

SHOWN = 10


@pytest.mark.guarantee("MIG-09")
def test_up_down_and_up_again_ends_in_the_same_catalog(migrations):
    there = migrations.trip
    if there.failed:
        pytest.skip(there.failed)
    assert not there.down, f"alembic downgrade base: {there.down}"
    assert not there.differences, (
        f"after up, down and up again other than after up: {', '.join(there.differences[:SHOWN])}"
    )


@pytest.mark.guarantee("MIG-10")
def test_a_downgrade_leaves_the_entries(migrations):
    if migrations.lost is None:
        pytest.skip("there was no ledger with entries to go back over")
    assert not migrations.lost, f"alembic downgrade base: {'; '.join(migrations.lost)}"
