"""PRM: the parameter group of the instance says what is documented, and is in force."""

from math import floor

import pytest

from spec.rds import RDS
from support.parameters import fires_triggers, logs_changes_of_the_schema, memory, reaches_the_log, share, value
from support.servers import not_in_force

WANTED = RDS["parameters"]
MEMORY = RDS["memory"]


def stated(account, name):
    """The parameter's value in every attached group, by the group's name."""
    found = {group: parameters.get(name) for group, parameters in account.parameters(account.instance).items()}
    for group, text in found.items():
        assert text is not None, f"the parameter group {group} does not set {name}"
    return found


def number(account, text, name):
    instance_class = account.instance["DBInstanceClass"]
    memory(instance_class)  # not known: nothing is said about its parameters
    try:
        return value(text, instance_class)
    except ValueError as error:
        raise AssertionError(f"{name}: {error}") from None


@pytest.mark.guarantee("PRM-01")
def test_the_group_belongs_to_the_documented_family(account):
    for group in account.groups(account.instance):
        family = account[f"group/{group}"]
        assert family == "postgres15", f"the group {group} belongs to {family}"


@pytest.mark.guarantee("PRM-02")
def test_the_group_is_in_sync(account):
    assert account.groups(account.instance), "no parameter group is attached"
    waiting = [*not_in_force(account.instance)]
    assert not waiting, "; ".join(waiting)
    status = account.instance["DBInstanceStatus"]
    assert status != "incompatible-parameters", f"the instance is {status}: it does not start with its parameters"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("max_connections", marks=pytest.mark.guarantee("PRM-03")),
        pytest.param("work_mem", marks=pytest.mark.guarantee("PRM-08")),
        pytest.param("wal_buffers", marks=pytest.mark.guarantee("PRM-09")),
        pytest.param("checkpoint_completion_target", marks=pytest.mark.guarantee("PRM-10")),
    ],
)
def test_the_documented_value_is_set_of(name, account):
    for group, text in stated(account, name).items():
        found = number(account, text, name)
        found = found if "." in WANTED[name] else floor(found)  # as RDS does with formulas
        assert found == pytest.approx(float(WANTED[name])), f"{name} is {text} in the group {group}, not {WANTED[name]}"


@pytest.mark.guarantee("PRM-04")
def test_statements_that_change_the_schema_are_logged(account):
    for group, text in stated(account, "log_statement").items():
        assert logs_changes_of_the_schema(text), f"log_statement is {text} in the group {group}"


@pytest.mark.guarantee("PRM-04", "PRM-05")
def test_what_is_to_be_logged_reaches_the_log(account):
    for group, parameters in account.parameters(account.instance).items():
        least = parameters.get("log_min_messages")
        assert reaches_the_log(least), (
            f"log_min_messages is {least} in the group {group}: no statement is written to the log"
        )


@pytest.mark.guarantee("PRM-13")
def test_triggers_and_foreign_keys_work(account):
    for group, parameters in account.parameters(account.instance).items():
        role = parameters.get("session_replication_role")
        assert fires_triggers(role), f"session_replication_role is {role} in the group {group}"


@pytest.mark.guarantee("PRM-05")
def test_slow_statements_are_logged(account):
    most = float(WANTED["log_min_duration_statement"])
    for group, text in stated(account, "log_min_duration_statement").items():
        assert 0 <= number(account, text, "log_min_duration_statement") <= most, (
            f"log_min_duration_statement is {text} ms in the group {group}, not {most:.0f}"
        )


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("shared_buffers", marks=pytest.mark.guarantee("PRM-06")),
        pytest.param("effective_cache_size", marks=pytest.mark.guarantee("PRM-07")),
    ],
)
def test_the_documented_share_of_the_memory_goes_to(name, account):
    for group, text in stated(account, name).items():
        number(account, text, name)
        found = share(text, account.instance["DBInstanceClass"])
        assert found == pytest.approx(MEMORY[name], rel=0.01), (
            f"{name} is {text} pages of 8 kB in the group {group}: {found:.4g} times the memory, not {MEMORY[name]}"
        )
