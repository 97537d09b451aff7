"""AUD: the live ledger is what it was written as: every hash recomputed, every link followed, nothing removed."""

import pytest

from support.live_audit import CHAIN, CONTENT, RECORD, of_kinds, shown


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param(CONTENT, marks=pytest.mark.guarantee("AUD-01"), id="content"),
        pytest.param(CHAIN, marks=pytest.mark.guarantee("AUD-02"), id="chain"),
    ],
)
def test_the_audit_finds_nothing_wrong_with_the(kinds, live_ledger):
    count, findings = of_kinds(live_ledger, kinds)
    assert not count, shown(count, findings)


@pytest.mark.guarantee("AUD-03")
def test_every_chain_holds_what_an_earlier_audit_recorded(recorded_ledger, live_ledger):
    if recorded_ledger is None:
        pytest.skip("nothing was recorded: --live-checkpoint names no checkpoint of an earlier audit")
    count, findings = of_kinds(live_ledger, RECORD)
    assert not count, shown(count, findings)
