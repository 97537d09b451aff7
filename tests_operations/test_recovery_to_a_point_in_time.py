"""REC: recovery meets the moment it was told to, or says that it cannot; little is lost, and verified soon."""

import pytest

from support.recovery.checks import little_is_lost, recovery_is_quick, target_is_met
from support.recovery.damage import missing_log_is_told


@pytest.mark.guarantee("REC-02")
def test_what_was_committed_before_is_there_and_nothing_after(drill):
    target_is_met(drill)


@pytest.mark.guarantee("REC-02")
def test_a_segment_that_is_missing_is_told(drill):
    missing_log_is_told(drill)


@pytest.mark.guarantee("REC-03")
def test_the_largest_database_is_verified_within_four_hours_at_the_rates_of_this_drill(drill):
    recovery_is_quick(drill)


@pytest.mark.guarantee("REC-09")
def test_nothing_that_was_archived_is_lost_and_the_archive_keeps_up(drill):
    little_is_lost(drill)
