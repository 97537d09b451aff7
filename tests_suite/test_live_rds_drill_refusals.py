"""What the drill on the live account refuses to touch, and what it cannot do."""

# ruff: noqa: F811  # fixtures are imported
import pytest

from support.recovery.rds import PREFIX, TAG, DrillAws
from support.unread import TargetError
from tests_suite.drill_account import account, drill, restored, servers  # noqa: F401
from tools import rds_drill

BY_HAND = {"UseLatestRestorableTime": True, "DeletionProtection": False, "MultiAZ": False, "PubliclyAccessible": False}


@pytest.mark.parametrize("name", ["amply-prod", "amply-prod-replica", f"{PREFIX}by-hand"])
def test_what_no_drill_created_is_not_deleted(name, drill, account):
    if name.startswith(PREFIX):
        rds = account.client("rds")
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="amply-prod", TargetDBInstanceIdentifier=name, **BY_HAND
        )
    account.instance(name).deletion_protection = False
    code, output = drill("--execute", "--delete", name)
    assert code == 12
    assert f"{name} stays" in output
    assert name in servers(account)


def test_what_an_interrupted_drill_left_is_deleted_when_asked(account, capfd):
    name = f"{PREFIX}left"
    account.client("rds").restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="amply-prod", TargetDBInstanceIdentifier=name, **BY_HAND,
        Tags=[{"Key": TAG, "Value": "a drill's"}],
    )  # fmt: skip
    code = rds_drill.main(["--execute", "--delete", name, "--poll", "0.01"])
    said = capfd.readouterr()
    assert code == 0, said
    assert name not in servers(account)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("delete_db_instance", {"DBInstanceIdentifier": "amply-prod"}),
        ("delete_db_instance", {"DBInstanceIdentifier": f"{PREFIX}1"}),
        ("modify_db_instance", {"DBInstanceIdentifier": "amply-prod", "DeletionProtection": False}),
        ("stop_db_instance", {"DBInstanceIdentifier": "amply-prod"}),
        ("delete_db_snapshot", {"DBSnapshotIdentifier": "one"}),
        ("describe_db_snapshots", {}),
        (
            "restore_db_instance_to_point_in_time",
            {"SourceDBInstanceIdentifier": "amply-prod", "TargetDBInstanceIdentifier": "amply-prod-2"},
        ),
    ],
)
def test_the_client_stops(operation, parameters, account):
    before = servers(account)
    aws = DrillAws("eu-central-1")
    with pytest.raises(TargetError, match="was stopped"):
        getattr(aws.client("rds"), operation)(**parameters)
    assert servers(account) == before


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--restore-time", "yesterday"), 4, "argument --restore-time"),
        (("--restore-time", "2026-01-01T00:00:00"), 4, "say the zone"),
        (("--restore-time", "2126-01-01T00:00:00Z"), 12, "can be restored to"),
        (("--rds-instance", "nobody"), 12, "there is no instance nobody"),
        (("--delete", "amply-drill-1"), 4, "does nothing without --execute"),
        (("--now",), 4, "unrecognized arguments"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said_in_a_line(words, code, says, drill):
    found, output = drill(*words)
    assert (found, len(output.strip().splitlines())) == (code, 1), output
    assert says in output
