"""Single answers of AWS, reduced to what the specification needs to know."""

from dataclasses import asdict
from typing import Final

from spec.rds import RDS
from support.account import Json
from support.aws import Aws
from support.connection_string import NotAConnectionStringError, parse
from support.parameters import UNDERMINING
from support.redaction import learn_from

PARAMETERS: Final = {*RDS["parameters"], *RDS["memory"], *UNDERMINING, "rds.force_ssl"}


def region_of(arn: str) -> str:
    """The region in an ARN."""
    return arn.split(":")[3]


def access(aws: Aws, snapshot: Json) -> list[str]:
    """Who may restore a snapshot: account numbers, or "all"."""
    name, gone = snapshot["DBSnapshotIdentifier"], ("DBSnapshotNotFound",)  # between the list and this
    found = aws.ask("rds", "describe_db_snapshot_attributes", missing=gone, DBSnapshotIdentifier=name)
    attributes = found["DBSnapshotAttributesResult"].get("DBSnapshotAttributes", [])
    return [who for one in attributes if one["AttributeName"] == "restore" for who in one.get("AttributeValues", [])]


def group(aws: Aws, name: str, region: str) -> str:
    """The family of a parameter group."""
    groups = aws.ask("rds", "describe_db_parameter_groups", region=region, DBParameterGroupName=name)
    return str(groups["DBParameterGroups"][0]["DBParameterGroupFamily"])


def parameters(aws: Aws, name: str, region: str) -> dict[str, str | None]:
    """The parameters that the specification speaks of, as a group sets them."""
    found = aws.ask("rds", "describe_db_parameters", region=region, DBParameterGroupName=name)["Parameters"]
    return {one["ParameterName"]: one.get("ParameterValue") for one in found if one["ParameterName"] in PARAMETERS}


def replica(aws: Aws, identifier: str, region: str) -> list[Json]:
    """A replica, in a list. Raises NotThereError if it is gone."""
    gone = ("DBInstanceNotFound",)
    found = aws.ask("rds", "describe_db_instances", region=region, missing=gone, DBInstanceIdentifier=identifier)
    return list(found["DBInstances"])


def snapshots(aws: Aws, server: str) -> list[Json]:
    """The snapshots of a server of the account's region."""
    return list(aws.ask("rds", "describe_db_snapshots", DBInstanceIdentifier=server)["DBSnapshots"])


def by_vpc(aws: Aws, vpc: str, region: str, operation: str, field: str) -> list[Json]:
    """All of `field` in this network."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    return list(aws.ask("ec2", operation, region=region, Filters=filters)[field])


def key(aws: Aws, arn: str) -> Json:
    """What matters of a KMS key."""
    missing = ("NotFoundException",)
    found: Json = aws.ask("kms", "describe_key", region=region_of(arn), missing=missing, KeyId=arn)["KeyMetadata"]
    return {name: found.get(name) for name in ("Arn", "KeyState")}


def topic(aws: Aws, arn: str) -> Json:
    """What matters of an SNS topic."""
    missing = ("NotFound", "NotFoundException")
    found = aws.ask("sns", "get_topic_attributes", region=region_of(arn), missing=missing, TopicArn=arn)
    return {name: found["Attributes"].get(name) for name in ("TopicArn", "SubscriptionsConfirmed")}


def secret(answer: Json) -> Json:
    """What matters of a secret: when it goes, and whether it holds anything."""
    stages = (answer.get("VersionIdsToStages") or {}).values()
    return {"DeletedDate": answer.get("DeletedDate"), "holds": any("AWSCURRENT" in stage for stage in stages)}


def without_password(answer: Json) -> Json:
    """What a secret's value says, without the password."""
    try:
        text = answer.get("SecretString") or ""
        learn_from(text)
        found = parse(text)
        return {**asdict(found), "tls": found.tls}
    except NotAConnectionStringError as error:
        return {"fault": str(error)}
