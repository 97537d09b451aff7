"""One parallel read of everything that the live specification needs to know of an AWS account.

Answers by name: instance, replicas, group/<parameter group>, parameters/<group>, snapshots, access/<snapshot>, alarms,
topic/<arn>, metrics, security_groups, route_tables, key/<arn>, secret/<name>, policy/<name>, value/<name>.
None stands for something that AWS does not have.
"""

import json
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from spec.rds import RDS, TARGETS
from support import account_answers as answers
from support.account import Account, Json
from support.account_answers import region_of
from support.alarms import actions, relevant
from support.aws import Aws
from support.redaction import redacted_whole
from support.unread import NotReadError, NotThereError, TargetError

Job = tuple[str, Callable[[], Any]]
Progress = Callable[[int, int, str], None]
_AT_ONCE: Final = 12
_NO_SECRET: Final = ("ResourceNotFoundException",)


class Reader:
    """Reads one instance's surroundings. `read_secrets` allows GetSecretValue."""

    def __init__(self, aws: Aws, environment: str, instance: str, *, read_secrets: bool, progress: Progress) -> None:
        self._aws, self._environment, self._instance = aws, environment, instance
        self._read_secrets, self._progress = read_secrets, progress
        self._secrets = TARGETS[environment].secret
        self._answers: Json = {}
        self._missing: dict[str, str] = {}
        self._done = self._asked = 0

    def read(self) -> Account:
        """Ask everything. Raises TargetError if the instance cannot be seen, or AWS not be asked at all."""
        moment = datetime.now(UTC)
        urls = [self._secrets(name) for name in RDS["secrets"]["urls"]]
        first = [("instance", self._read_instance), ("alarms", self._read_alarms)]
        self._run([*first, *(job for name in urls for job in self._secret_jobs(name))])
        try:
            self._run(self._around_the_instance())
            self._run(self._around_all())
        except (KeyError, TypeError) as error:
            raise TargetError(f"AWS describes the instance without what belongs there: {error}") from None
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

    def _run(self, jobs: Iterable[Job]) -> None:
        jobs, waiting, done = list(jobs), queue.SimpleQueue[Job](), queue.SimpleQueue[tuple[str, Future[Any]]]()
        for job in jobs:
            waiting.put(job)

        def work() -> None:
            with suppress(queue.Empty):
                while True:
                    name, job = waiting.get_nowait()
                    future: Future[Any] = Future()
                    try:
                        future.set_result(job())
                    except BaseException as error:  # handed to whoever waits
                        future.set_exception(error)
                    done.put((name, future))

        self._asked += len(jobs)
        for _ in range(min(_AT_ONCE, len(jobs))):
            # Nobody waits for these threads: an interrupted run does not hang on an answer that does not come.
            threading.Thread(target=work, daemon=True, name="aws").start()
        for _ in jobs:
            name, future = done.get()
            self._done += 1
            self._progress(self._done, self._asked, name)
            self._take(name, future)

    def _take(self, name: str, future: Future[Any]) -> None:
        try:
            self._answers[name] = future.result()
        except NotThereError:
            self._answers[name] = None
        except NotReadError as error:
            self._missing[name] = str(error)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            self._missing[name] = f"the answer cannot be understood: {type(error).__name__}"

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
        yield "replicas", partial(self._replicas, instance.get("ReadReplicaDBInstanceIdentifiers", []))
        yield "snapshots", partial(self._snapshots, instance)
        if managed := instance.get("MasterUserSecret"):
            yield from self._secret_jobs(managed["SecretArn"], valuable=False)
        else:
            yield from self._secret_jobs(self._secrets(RDS["secrets"]["master"]), valuable=False)
        for topic in sorted({arn for alarm in self._answers.get("alarms", []) for arn in actions(alarm)}):
            if topic.split(":")[2] == "sns":
                yield f"topic/{topic}", partial(answers.topic, self._aws, topic)

    def _around_all(self) -> Iterator[Job]:
        servers = [self._answers["instance"], *(self._answers.get("replicas") or [])]
        groups = {
            (group["DBParameterGroupName"], region_of(server["DBInstanceArn"]))
            for server in servers
            for group in server.get("DBParameterGroups", [])
        }
        for name, region in sorted(groups):
            yield f"group/{name}@{region}", partial(answers.group, self._aws, name, region)
            yield f"parameters/{name}@{region}", partial(answers.parameters, self._aws, name, region)
        networks = {(server["DBSubnetGroup"]["VpcId"], region_of(server["DBInstanceArn"])) for server in servers}
        for name, operation in (
            ("SecurityGroups", "describe_security_groups"),
            ("RouteTables", "describe_route_tables"),
        ):
            yield operation.removeprefix("describe_"), partial(answers.by_vpc, self._aws, networks, operation, name)
        snapshots = self._answers.get("snapshots") or []
        for snapshot in snapshots:
            if snapshot.get("SnapshotType") != "automated":  # AWS lets nobody share those
                yield f"access/{snapshot['DBSnapshotIdentifier']}", partial(answers.access, self._aws, snapshot)
        for key in sorted({thing["KmsKeyId"] for thing in [*servers, *snapshots] if thing.get("KmsKeyId")}):
            yield f"key/{key}", partial(answers.key, self._aws, key)

    def _replicas(self, identifiers: Iterable[str]) -> list[Json]:
        found: list[Json] = []
        for identifier in identifiers:  # an ARN, if the replica stands in another region
            region = region_of(identifier) if identifier.startswith("arn:") else self._aws.region
            gone = ("DBInstanceNotFound",)
            with suppress(NotThereError):
                found += self._aws.ask(
                    "rds", "describe_db_instances", region=region, missing=gone, DBInstanceIdentifier=identifier
                )["DBInstances"]
        return found

    def _snapshots(self, instance: Json) -> list[Json]:
        names = [instance["DBInstanceIdentifier"], *instance.get("ReadReplicaDBInstanceIdentifiers", [])]
        found: list[Json] = []
        for name in names:
            if not name.startswith("arn:"):
                found += self._aws.ask("rds", "describe_db_snapshots", DBInstanceIdentifier=name)["DBSnapshots"]
        return found

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
