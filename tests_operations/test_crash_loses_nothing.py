"""REC: a crash in the midst of appends leaves every acknowledged entry, no other, and whole chains."""

import pytest

from support.crash import WAYS
from support.recovery_attacks import withstands

pytestmark = pytest.mark.guarantee("REC-08")


@pytest.mark.parametrize("way", WAYS)
def test_nothing_acknowledged_is_lost_and_nothing_else_appears_after_the_death_of(way, crashed):
    _, crashes = crashed
    mine = [crash for crash in crashes if crash.way == way]
    assert len(mine) >= 2, "there was no such crash"
    assert all(crash.acknowledged for crash in mine), "nothing was acknowledged before the crash"
    wrong = [f"crash {number + 1}: {'; '.join(crash.wrong)}" for number, crash in enumerate(mine) if crash.wrong]
    assert not wrong, "\n".join(wrong)


def test_the_ledger_withstands_attacks_and_goes_on_after_the_last_crash(crashed):
    machine, _ = crashed
    withstands(machine)
