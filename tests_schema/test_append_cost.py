"""CHN: an append to a long chain costs what an append to a short one costs."""

import pytest

GROWTH = 3  # times; room for the levels that an index gains between the two


@pytest.mark.guarantee("CHN-10")
def test_an_append_touches_as_many_buffers_in_a_long_chain_as_in_a_short_one(append_cost):
    assert append_cost.buffers
    for what, cost in append_cost.buffers.items():
        (short, at_short), (long, at_long) = cost.items()
        assert at_long <= GROWTH * at_short, (
            f"{what} touches {at_short} buffers at {short} entries and {at_long} at {long}: "
            "the longer the ledger is, the more of it is read"
        )
