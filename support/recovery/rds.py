"""The part of the drill on the live account that changes something: one instance is restored, and that one is deleted."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from support.account import Json
from support.aws import Aws
from support.unread import NotReadError, NotThereError, TargetError

PREFIX: Final = "amply-drill-"
TAG: Final = "amply-compliance-drill"
OPERATIONS: Final = ("DescribeDBInstances", "RestoreDBInstanceToPointInTime", "DeleteDBInstance")
_GONE: Final = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
_OVER: Final = ("failed", "incompatible-restore", "incompatible-network", "incompatible-parameters", "restore-error")
Tell = Callable[[str], None]


class DrillAws(Aws):
    """An account in which nothing is called but OPERATIONS, and what they are called with is looked at once more."""

    def __init__(self, region: str = "", otherwise: str = "") -> None:
        super().__init__(region, otherwise)
        self.mine: set[str] = set()  # instances that carry our tag, as AWS said just before they are to go

    def _allows(self, event_name: str = "", params: Json | None = None, **_: Any) -> None:
        """A botocore hook. Raises TargetError for anything that the drill does not do."""
        operation, given = event_name.rpartition(".")[2], params or {}
        if operation not in OPERATIONS:
            raise TargetError(f"{operation} was stopped: the drill calls {', '.join(OPERATIONS)} only")
        target = str(given.get("TargetDBInstanceIdentifier") or given.get("DBInstanceIdentifier") or "")
        if operation == "RestoreDBInstanceToPointInTime" and not target.startswith(PREFIX):
            raise TargetError(f"a restore to {target} was stopped: the drill restores to {PREFIX}... only")
        if operation == "DeleteDBInstance" and target not in self.mine:
            raise TargetError(f"the deletion of {target} was stopped: this drill did not create it")


@dataclass(frozen=True)
class Plan:
    """What the drill would do: restore `source` to `target`, as it was at `moment` (None: the latest restorable)."""

    source: str
    target: str
    token: str
    moment: datetime | None
    latest: datetime
    settings: Json = field(repr=False)

    @property
    def restore(self) -> Json:
        """The parameters of the restore: beside the source, reached by whom reaches it, and easily deleted."""
        when: Json = {"RestoreTime": self.moment} if self.moment else {"UseLatestRestorableTime": True}
        return {
            "SourceDBInstanceIdentifier": self.source,
            "TargetDBInstanceIdentifier": self.target,
            **when,
            **self.settings,
            "PubliclyAccessible": False,
            "MultiAZ": False,
            "DeletionProtection": False,
            "Tags": [{"Key": TAG, "Value": self.token}],
        }


def deletion(target: str) -> Json:
    """The parameters of the deletion."""
    return {"DBInstanceIdentifier": target, "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}


def _instance(aws: Aws, identifier: str) -> Json:
    """Raises NotThereError if there is none."""
    answer = aws.ask("rds", "describe_db_instances", missing=_GONE, DBInstanceIdentifier=identifier)
    if not answer["DBInstances"]:
        raise NotThereError(identifier)
    found: Json = answer["DBInstances"][0]
    return found


def planned(aws: Aws, source: str, moment: datetime | None) -> Plan:
    """Look at the source, and plan. Raises TargetError if it is not there, or cannot be restored to that moment."""
    try:
        found = _instance(aws, source)
    except NotThereError:
        raise TargetError(f"there is no instance {source} in {aws.region}") from None
    latest = found.get("LatestRestorableTime")
    if latest is None:
        raise TargetError(f"{source} has no point in time to restore to: its backups are off")
    if moment and moment > latest:
        raise TargetError(f"{source} can be restored to {latest:%Y-%m-%dT%H:%M:%SZ} at the latest")
    groups = [one["VpcSecurityGroupId"] for one in found.get("VpcSecurityGroups", [])]
    settings: Json = {"DBInstanceClass": found["DBInstanceClass"], "VpcSecurityGroupIds": groups}
    if subnets := found.get("DBSubnetGroup", {}).get("DBSubnetGroupName"):
        settings["DBSubnetGroupName"] = subnets
    if parameters := found.get("DBParameterGroups"):
        settings["DBParameterGroupName"] = parameters[0]["DBParameterGroupName"]
    token = secrets.token_hex(8)
    name = f"{PREFIX}{datetime.now(UTC):%Y%m%d%H%M%S}-{token[:4]}"
    return Plan(found["DBInstanceIdentifier"], name, token, moment, latest, settings)


def restore(aws: DrillAws, plan: Plan, tell: Tell, poll: float, patience: float) -> Json:
    """Restore, and wait until the instance is available; it is asked for every `poll` seconds, `patience` seconds long.

    Returns what AWS says of it. Raises TargetError or NotReadError.
    """
    aws.ask("rds", "restore_db_instance_to_point_in_time", **plan.restore)
    begun, told = time.monotonic(), ""
    while True:
        found = _instance(aws, plan.target)
        status = str(found["DBInstanceStatus"])
        if status != told:
            tell(f"{plan.target} is {status}")
            told = status
        if status == "available":
            return found
        if status in _OVER or time.monotonic() - begun > patience:
            raise NotReadError(f"{plan.target} is {status} after {time.monotonic() - begun:.0f} s")
        time.sleep(poll)  # somebody else's work: there is nothing to wait on


def delete(aws: DrillAws, target: str, tell: Tell, poll: float, patience: float, token: str = "") -> None:
    """Delete an instance that a drill created (this one, if its `token` is given), and wait until it is gone.

    Raises TargetError, before anything is called, if its tag does not say that a drill created it.
    """
    try:
        found = _instance(aws, target)
    except NotThereError:
        tell(f"{target} is gone")
        return
    tags = {one["Key"]: one["Value"] for one in found.get("TagList", [])}
    name = str(found["DBInstanceIdentifier"])
    if not name.startswith(PREFIX) or not tags.get(TAG) or (token and tags[TAG] != token):
        raise TargetError(f"{name} stays: its name and its tag {TAG} do not say that a drill created it")
    aws.mine.add(name)
    aws.ask("rds", "delete_db_instance", missing=_GONE, **deletion(name))
    begun = time.monotonic()
    while time.monotonic() - begun <= patience:
        try:
            status = _instance(aws, name)["DBInstanceStatus"]
        except NotThereError:
            tell(f"{name} is gone")
            return
        tell(f"{name} is {status}")
        time.sleep(poll)
    raise NotReadError(f"{name} is still there after {patience:.0f} s")
