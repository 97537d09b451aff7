"""One parallel read of everything that the live specification needs to know of an AWS account.

Answers by name: instance, replicas, group/<parameter group>, parameters/<group>, snapshots, access/<snapshot>, alarms,
topic/<arn>, metrics, security_groups, route_tables, key/<arn>, secret/<name>, policy/<name>, value/<name>.
None stands for something that AWS does not have. Of replicas, snapshots, security_groups and route_tables a part may be
missing, under replicas/<replica>, snapshots/<server>, security_groups/<network>, route_tables/<network>.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from spec.rds import RDS, TARGETS
from support import account_answers as answers
from support.account import Account, Json
from support.account_answers import region_of
from support.alarms import actions, relevant
from support.aws import Aws
from support.questions import Job, Progress, Questions
from support.redaction import redacted_whole
from support.unread import NotThereError, TargetError

_NO_SECRET: Final = ("ResourceNotFoundException",)


class Reader:
    """Reads one instance's surroundings. `read_secrets` allows GetSecretValue."""

    def __init__(self, aws: Aws, environment: str, instance: str, *, read_secrets: bool, progress: Progress) -> None:
        self._aws, self._environment, self._instance = aws, environment, instance
        self._read_secrets, self._secrets = read_secrets, TARGETS[environment].secret
        self._asked = Questions("instance", progress)
        self._answers, self._missing = self._asked.answers, self._asked.missing

    def read(self) -> Account:
        """Ask everything. Raises TargetError if the instance cannot be seen, or AWS not be asked for it at all."""
        moment = datetime.now(UTC)
        urls = [self._secrets(name) for name in RDS["secrets"]["urls"]]
        first = [("instance", self._read_instance), ("alarms", self._read_alarms)]
        self._asked.ask([*first, *(job for name in urls for job in self._secret_jobs(name))])
        try:
            self._asked.ask(self._around_the_instance())
            self._follow_replicas()
            self._asked.ask(self._around_all())
        except (KeyError, TypeError) as error:
            raise TargetError(f"AWS describes the instance without what belongs there: {error}") from None
        for name in ("security_groups", "route_tables"):
            self._asked.join(name)
        arn = self._answers["instance"]["DBInstanceArn"]
        return Account(
            environment=self._environment,
            instance_id=self._answers["instance"]["DBInstanceIdentifier"],  # an ARN, or other case, may have been given
            region=self._aws.region,
            account_id=arn.split(":")[4],
            moment=moment,
            answers=redacted_whole(self._answers),  # a tag may repeat what a secret holds
            missing=redacted_whole(self._missing),
            calls=tuple(sorted(self._aws.calls)),
        )

    def _read_instance(self) -> Json:
        try:
            found = self._aws.ask(
                "rds", "describe_db_instances", missing=("DBInstanceNotFound",), DBInstanceIdentifier=self._instance
            )
        except NotThereError:
            where = f"{self._aws.region}; look at --region, --environment and --rds-instance"
            raise TargetError(f"there is no instance {self._instance} in {where}") from None
        instance: Json = found["DBInstances"][0]
        return instance

    def _read_alarms(self) -> list[Json]:
        found = self._aws.ask("cloudwatch", "describe_alarms")
        return [alarm for alarm in found.get("MetricAlarms", []) if relevant(alarm)]

    def _read_metrics(self) -> list[str]:
        dimension = {"Name": "DBInstanceIdentifier", "Value": self._answers["instance"]["DBInstanceIdentifier"]}
        found = self._aws.ask("cloudwatch", "list_metrics", Namespace="AWS/RDS", Dimensions=[dimension])
        return sorted({metric["MetricName"] for metric in found["Metrics"]})

    def _around_the_instance(self) -> Iterator[Job]:
        if "instance" in self._missing:
            raise TargetError(f"the instance {self._instance} cannot be read: {self._missing['instance']}")
        instance = self._answers["instance"]
        yield "metrics", self._read_metrics
        yield self._snapshot_job(instance["DBInstanceIdentifier"])
        yield from self._replica_jobs(_replicas_of(instance))
        if managed := instance.get("MasterUserSecret"):
            yield from self._secret_jobs(managed["SecretArn"], valuable=False)
        else:
            yield from self._secret_jobs(self._secrets(RDS["secrets"]["master"]), valuable=False)
        for topic in sorted({arn for alarm in self._answers.get("alarms", []) for arn in actions(alarm)}):
            if topic.split(":")[2] == "sns":
                yield f"topic/{topic}", partial(answers.topic, self._aws, topic)

    def _around_all(self) -> Iterator[Job]:
        servers = [self._answers["instance"], *self._asked.join("replicas")]
        groups = {
            (group["DBParameterGroupName"], region_of(server["DBInstanceArn"]))
            for server in servers
            for group in server.get("DBParameterGroups", [])
        }
        for name, region in sorted(groups):
            yield f"group/{name}@{region}", partial(answers.group, self._aws, name, region)
            yield f"parameters/{name}@{region}", partial(answers.parameters, self._aws, name, region)
        networks = {
            (server["DBSubnetGroup"]["VpcId"], region_of(server["DBInstanceArn"]))
            for server in servers
            if server.get("DBSubnetGroup")  # one that is being made has none yet
        }
        for name, operation in (
            ("SecurityGroups", "describe_security_groups"),
            ("RouteTables", "describe_route_tables"),
        ):
            for vpc, region in sorted(networks):
                part = f"{operation.removeprefix('describe_')}/{vpc}@{region}"
                yield part, partial(answers.by_vpc, self._aws, vpc, region, operation, name)
        snapshots = self._asked.join("snapshots")
        for snapshot in snapshots:
            if snapshot.get("SnapshotType") != "automated":  # AWS lets nobody share those
                yield f"access/{snapshot['DBSnapshotIdentifier']}", partial(answers.access, self._aws, snapshot)
        for key in sorted({thing["KmsKeyId"] for thing in [*servers, *snapshots] if thing.get("KmsKeyId")}):
            yield f"key/{key}", partial(answers.key, self._aws, key)

    def _follow_replicas(self) -> None:
        """Read replicas of replicas, until there are no more of them."""
        instance = self._answers["instance"]
        known = {(instance["DBInstanceIdentifier"], self._aws.region), *_replicas_of(instance)}
        found = self._asked.join("replicas")
        while further := {one for replica in found for one in _replicas_of(replica)} - known:
            known |= further
            self._asked.ask(self._replica_jobs(further))
            found = self._asked.join("replicas")

    def _replica_jobs(self, replicas: Iterable[tuple[str, str]]) -> Iterator[Job]:
        for name, region in sorted(replicas):
            here = region == self._aws.region
            yield f"replicas/{name if here else f'{name}@{region}'}", partial(answers.replica, self._aws, name, region)
            if here:
                yield self._snapshot_job(name)

    def _snapshot_job(self, server: str) -> Job:
        return f"snapshots/{server}", partial(answers.snapshots, self._aws, server)

    def _secret_jobs(self, name: str, *, valuable: bool = True) -> Iterator[Job]:
        def ask(operation: str) -> Json:
            return self._aws.ask("secretsmanager", operation, missing=_NO_SECRET, SecretId=name)

        def policy() -> Any:
            return json.loads(ask("get_resource_policy").get("ResourcePolicy") or "null")

        yield f"secret/{name}", lambda: answers.secret(ask("describe_secret"))
        yield f"policy/{name}", policy
        if not valuable:
            return
        if self._read_secrets:
            yield f"value/{name}", lambda: answers.without_password(ask("get_secret_value"))
        else:
            self._missing[f"value/{name}"] = "secrets are not read without --read-secrets"


def _replicas_of(server: Json) -> set[tuple[str, str]]:
    """Identifier and region of its read replicas; RDS gives an ARN for one that stands in another region."""
    region, names = region_of(server["DBInstanceArn"]), server.get("ReadReplicaDBInstanceIdentifiers") or []
    return {(name, region_of(name) if name.startswith("arn:") else region) for name in names}
