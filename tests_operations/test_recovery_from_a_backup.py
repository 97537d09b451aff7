"""REC: a restored backup is what was backed up, and a damaged one does not pass for it."""

import pytest

from support.recovery.checks import audit_is_right, backup_is_read, backup_is_whole, tampering_is_found
from support.recovery.damage import damage_is_told


@pytest.mark.guarantee("REC-01")
def test_every_entry_of_the_backup_is_there_unchanged(drill):
    backup_is_whole(drill)


@pytest.mark.guarantee("REC-01")
def test_the_files_of_the_backup_are_those_that_were_written(drill):
    backup_is_read(drill)


@pytest.mark.guarantee("REC-06")
def test_the_integrity_check_says_of_each_restored_ledger_what_is_so(drill):
    audit_is_right(drill)


@pytest.mark.guarantee("REC-06")
def test_the_integrity_check_names_each_entry_that_was_tampered_with(drill):
    tampering_is_found(drill)


@pytest.mark.guarantee("REC-06")
def test_a_damaged_page_is_told(drill):
    damage_is_told(drill)
