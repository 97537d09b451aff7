"""REC: a crash in the midst of appends leaves every acknowledged entry, no other, and whole chains."""

import pytest

from support.crash import WAYS, nothing_is_lost
from support.recovery.attacks import withstands

pytestmark = pytest.mark.guarantee("REC-08")


@pytest.mark.parametrize("way", WAYS)
def test_nothing_acknowledged_is_lost_and_nothing_else_appears_after_the_death_of(way, crashed):
    _, crashes = crashed
    nothing_is_lost(crashes, way)


def test_the_ledger_withstands_attacks_and_goes_on_after_the_last_crash(crashed):
    machine, _ = crashed
    withstands(machine)
