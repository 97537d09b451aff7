"""REC: the restored ledger is protected, reached and written to as before."""

import pytest

from support.recovery.checks import application_is_back, ledger_goes_on, protection_holds, protection_is_back


@pytest.mark.guarantee("REC-04")
def test_triggers_policies_roles_and_grants_are_what_they_were(drill):
    protection_is_back(drill)


@pytest.mark.guarantee("REC-04")
def test_attacks_on_the_restored_ledger_are_refused(drill):
    protection_holds(drill)


@pytest.mark.guarantee("REC-05")
def test_both_users_log_in_with_their_old_passwords_and_read_what_is_theirs(drill):
    application_is_back(drill)


@pytest.mark.guarantee("REC-07")
def test_the_next_entry_follows_the_restored_head_and_none_a_lost_one(drill):
    ledger_goes_on(drill)
