"""What could not be read hides nothing that is broken beside it; a call that fails leaves the rest of the run as it is."""

import pytest

from tests_suite import account_changes as c
from tests_suite import secret_changes as sc
from tests_suite.account_mutants_around import PAST
from tests_suite.conftest import PRODUCTION, run_in
from tests_suite.live_account import IN_THE_ACCOUNT

WHOLE_WORLD = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
OF_A_REPLICA = {"NET-01", "NET-02", "NET-03", "NET-04", "REP-01", "REP-02", "REP-03"}
OF_A_REPLICA |= {"SEC-01", "SEC-02", "SEC-03", "SEC-04", "SEC-08"}


def second_manual_snapshot(sim, s):
    name = "a-second-one"
    rds = sim.client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier=s.instance, DBSnapshotIdentifier=name)
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["all"])


# What is refused, what it is about, what is not checked for it, and what is broken beside it.
HIDING = {
    "a replica": (
        "DescribeDBInstances",
        "amply-prod-replica",
        OF_A_REPLICA,
        {
            "NET-01": c.route("main_route_table", DestinationCidrBlock="0.0.0.0/0"),
            "NET-02": c.opened(**WHOLE_WORLD),
            "NET-04": c.field("i", publicly_accessible=True),
            "SEC-01": c.field("i", storage_encrypted=False),
            "SEC-03": c.parameter("rds.force_ssl", "0"),
            "SEC-04": c.certificate("instance", "rds-ca-2019", PAST),
            "SEC-08": sc.secret(sc.REPLICA, ":5432/", ":5433/"),
            "REP-01 REP-02 REP-03": c.another_replica(status="stopped", db_instance_class="db.t3.micro", multi_az=True),
        },
    ),
    "who may restore a snapshot": (
        "DescribeDBSnapshotAttributes",
        "amply-prod-pre-migration",
        {"BAK-05"},
        {"BAK-05": second_manual_snapshot},
    ),
    "the snapshots of a replica": (
        "DescribeDBSnapshots",
        "amply-prod-replica",
        {"BAK-05", "SEC-02"},
        {
            "BAK-03": c.older("automated_snapshot", days=2),
            "BAK-05": c.shared("all"),
            "BAK-06": c.snapshot("manual_snapshot", status="failed"),
        },
    ),
    "a policy": ("GetResourcePolicy", "database-url", {"SEC-07"}, {"SEC-07": sc.policy(sc.MASTER, sc.OPEN)}),
    "a key": (
        "DescribeKey",
        "arn:aws:kms",
        {"SEC-02"},
        {},
    ),
}


@pytest.fixture
def refused(simulation, gate, runner, tmp_path):
    """A run with secrets read while AWS refuses something, on the compliant account after changes."""
    watched, environment = gate

    def run(codes, about=None, *changes):
        simulation.reset()
        stack = simulation.build("production")
        for change in changes:
            change(simulation, stack)
        watched.refused, watched.about = codes, about or {}
        return run_in(runner, tmp_path, *PRODUCTION, "--read-secrets", environment=environment)

    return run


@pytest.mark.parametrize("what", HIDING)
def test_only_what_could_not_be_read_is_not_checked(what, refused):
    operation, about, hidden, _ = HIDING[what]
    run = refused({operation: "AccessDenied"}, {operation: about})
    assert not run.ids("broken", "error"), run.why()
    assert run.ids("not-checked") & IN_THE_ACCOUNT == hidden
    notes = [one["note"] for one in run.evidence["guarantees"] if one["id"] in hidden]
    assert all(f":{operation}" in note for note in notes), notes


@pytest.mark.parametrize("what", [name for name, (*_, defects) in HIDING.items() if defects])
def test_what_was_read_and_is_broken_is_said_all_the_same(what, refused):
    operation, about, _, defects = HIDING[what]
    run = refused({operation: "AccessDenied"}, {operation: about}, *defects.values())
    assert run.ids("broken") == {id_ for ids in defects for id_ in ids.split()}, run.why()
    assert not run.ids("error")


FAILING = {
    "DescribeSecurityGroups": ("AuthFailure", {"NET-02", "NET-03"}),
    "DescribeRouteTables": ("RequestLimitExceeded", {"NET-01"}),
    "GetTopicAttributes": ("Throttling", {"MON-05"}),
    "DescribeDBParameterGroups": ("ExpiredToken", {"PRM-01"}),
    "GetResourcePolicy": ("UnrecognizedClientException", {"SEC-07"}),
}


def test_a_call_beside_the_instance_that_fails_does_not_end_the_run(refused):
    run = refused({operation: code for operation, (code, _) in FAILING.items()})
    assert run.exit == 1, run.output
    assert not run.ids("broken", "error"), run.why()
    notes = {one["id"]: one["note"] for one in run.evidence["guarantees"] if one["verdict"] == "not-checked"}
    for code, hidden in FAILING.values():
        assert {id_ for id_, note in notes.items() if f"({code})" in note} == hidden
    assert notes.keys() & IN_THE_ACCOUNT == set.union(*(hidden for _, hidden in FAILING.values())), notes
