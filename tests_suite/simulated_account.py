"""An AWS account in this process, served over HTTP by moto: a stack that keeps every promise of the design document.

A test builds the stack, spoils one thing, and looks. The stack is made straight in moto's backends, ten times as fast as
over HTTP. Where moto 5.2.5 answers unlike AWS, RdsInstance, Stack and simulated_account make up for it.
"""

import copy
import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache, partial

import boto3
import pytest
from moto.backends import get_backend
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal.models import moto_api_backend
from moto.rds import models, responses
from moto.server import ThreadedMotoServer

ACCOUNT, REGION = "123456789012", "eu-central-1"
STATIC = "max_connections integer 200, shared_buffers integer {DBInstanceClassMemory/32768}, wal_buffers integer 16384"
DYNAMIC = (
    "log_statement string ddl, log_min_duration_statement integer 1000, work_mem integer 16384, rds.force_ssl boolean 1, "
    "effective_cache_size integer {DBInstanceClassMemory*3/32768}, checkpoint_completion_target float 0.9"
)
LEVELS = {"CPUUtilization": 12.5, "FreeableMemory": 9e8, "DatabaseConnections": 31.0, "FreeStorageSpace": 8e10}
METRICS = {**LEVELS, "ReadIOPS": 4.0, "WriteIOPS": 9.0, "ReadLatency": 0.001, "WriteLatency": 0.002}
ALARMS = {  # metric, operator, periods, seconds of each, threshold
    "rds-amply-high-cpu": ("CPUUtilization", "GreaterThanThreshold", 3, 300, 80.0),
    "rds-amply-low-storage": ("FreeStorageSpace", "LessThanThreshold", 1, 300, 10737418240.0),
    "rds-amply-high-connections": ("DatabaseConnections", "GreaterThanOrEqualToThreshold", 1, 300, 180.0),
}


class RdsInstance(models.DBInstance):
    """moto's instance with what RDS says beyond it, in attributes for tests to change."""

    performance_insights_enabled, performance_insights_retention_period = True, 7
    parameter_apply_status, restorable_age = "in-sync", timedelta(minutes=3)  # None: backups are off
    db_instance_port = 0  # as on RDS; the port is the endpoint's
    latest_restorable_time = property(lambda self: utcnow() - self.restorable_age if self.restorable_age else None)

    @property
    def db_parameter_group_status_list(self):
        told = {"ParameterApplyStatus": self.parameter_apply_status}
        return [{"DBParameterGroupName": group.name, **told} for group in self.db_parameter_groups()]


class Stack:
    """The compliant stack. Attributes hold names and ids; `secrets`: ARNs by the last part of the secret's name."""

    def __init__(self, backend, environment: str) -> None:
        self.instance = {"production": "amply-prod", "staging": "amply-staging"}[environment]
        self.replica = f"{self.instance}-replica"
        self._build_network(backend("ec2"))
        self._build_parameter_group(backend("rds"))
        self._build_instance(backend("rds"), backend("kms"), backend("ec2"))
        self._build_replica(backend("rds"))
        self._take_snapshots(backend("rds"))
        self._build_secrets(backend("secretsmanager"), backend("rds").databases)
        self._build_monitoring(backend("cloudwatch"), backend("sns"), backend("logs"))

    def _build_network(self, ec2):
        self.vpc, self.internet_gateway = ec2.create_vpc("10.0.0.0/16").id, ec2.create_internet_gateway().id
        ec2.attach_internet_gateway(self.internet_gateway, self.vpc)
        places = [(self.vpc, f"10.0.{n}.0/24", None, f"{REGION}{zone}") for n, zone in enumerate("ababab")]
        subnets = [ec2.create_subnet(*place).id for place in places]
        self.public_subnets, self.private_subnets, self.isolated_subnets = subnets[:2], subnets[2:4], subnets[4:]
        self.nat_gateway = ec2.create_nat_gateway(subnets[0], ec2.allocate_address("vpc").allocation_id).id
        (self.main_route_table,) = (one.id for one in ec2.route_tables.values() if one.vpc_id == self.vpc)
        self.public_route_table, self.private_route_table = (ec2.create_route_table(self.vpc).id for _ in range(2))
        ec2.create_route(self.public_route_table, "0.0.0.0/0", gateway_id=self.internet_gateway)
        ec2.create_route(self.private_route_table, "0.0.0.0/0", nat_gateway_id=self.nat_gateway)
        for public, private in zip(self.public_subnets, self.private_subnets, strict=True):
            ec2.associate_route_table(self.public_route_table, subnet_id=public)
            ec2.associate_route_table(self.private_route_table, subnet_id=private)  # the isolated ones: the main table
        self.sg_rds, self.sg_ecs, self.sg_alb = (  # AWS refuses names that begin with "sg-": they stand in tags
            ec2.create_security_group(f"{self.instance}-{part}", part, self.vpc, tags={"Name": f"sg-{part}"}).id
            for part in ("rds", "ecs", "alb")
        )
        for group, port, source in ((self.sg_rds, "5432", self.sg_ecs), (self.sg_ecs, "8000", self.sg_alb)):
            ec2.authorize_security_group_ingress(group, "tcp", port, port, [], source_groups=[{"GroupId": source}])

    def _build_parameter_group(self, rds):
        self.parameter_group = f"{self.instance}-postgres15"
        what = {"db_parameter_group_family": "postgres15", "description": "Amply"}
        group = rds.create_db_parameter_group({"db_parameter_group_name": self.parameter_group, **what})
        for words, kind, method in ((STATIC, "static", "pending-reboot"), (DYNAMIC, "dynamic", "immediate")):
            for name, data_type, value in map(str.split, words.split(", ")):
                told = {"ParameterName": name, "ParameterValue": value, "DataType": data_type, "Source": "user"}
                group.update_parameters([{**told, "ApplyType": kind, "ApplyMethod": method}])

    def _build_instance(self, rds, kms, ec2):
        key = kms.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "amply", None)
        self.key_id, self.key_arn, self.subnet_group = key.id, key.arn, f"{self.instance}-subnets"
        subnets = ec2.describe_subnets(self.private_subnets + self.isolated_subnets)
        rds.create_subnet_group(self.subnet_group, "Amply", subnets, [])
        options = {
            **{"engine": "postgres", "engine_version": "15.12", "db_instance_class": "db.t3.small", "port": 5432},
            **{"allocated_storage": 100, "max_allocated_storage": 500, "storage_type": "gp3", "multi_az": True},
            **{"db_instance_identifier": self.instance, "db_name": "amply", "master_username": "amply_admin"},
            **{"storage_encrypted": True, "kms_key_id": key.arn, "ca_certificate_identifier": "rds-ca-rsa2048-g1"},
            **{"db_subnet_group_name": self.subnet_group, "vpc_security_group_ids": [self.sg_rds]},
            **{"db_parameter_group_name": self.parameter_group, "tags": [{"Key": "app", "Value": "amply"}]},
            **{"backup_retention_period": 7, "preferred_backup_window": "03:00-04:00", "deletion_protection": True},
            **{"preferred_maintenance_window": "sun:04:00-sun:05:00", "auto_minor_version_upgrade": True},
            **{"enable_cloudwatch_logs_exports": ["postgresql", "upgrade"], "publicly_accessible": False},
        }
        instance = rds.create_db_instance(options)
        instance.__class__, instance.pending_modified_values, instance.status_infos = RdsInstance, {}, None
        instance.created = instance.instance_create_time = utcnow() - timedelta(days=30)
        instance.certificate_details = {"CAIdentifier": "rds-ca-rsa2048-g1", "ValidTill": utcnow() + timedelta(300)}

    def _build_replica(self, rds):
        names = {"db_instance_identifier": self.replica, "source_db_instance_identifier": self.instance}
        replica = rds.create_db_instance_read_replica({**names, "multi_az": False, "availability_zone": f"{REGION}b"})
        shared = {field: value for field, value in vars(replica).items() if isinstance(value, list | dict)}
        vars(replica).update(copy.deepcopy(shared))  # moto's replica shares them with its primary
        replica.dbi_resource_id = f"db-{secrets.token_hex(13).upper()}"
        replica.status_infos = [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
        replica.backup_retention_period, replica.restorable_age, replica.deletion_protection = 0, None, False  # as made

    def _take_snapshots(self, rds):
        rds.database_snapshots.popitem()  # moto took it now; RDS does in the backup window
        taken = utcnow().replace(hour=3, minute=7, second=12, microsecond=0)
        taken -= timedelta(days=taken > utcnow())
        before = taken - timedelta(days=20)
        self.automated_snapshot = f"rds:{self.instance}-{taken:%Y-%m-%d-%H-%M}"
        self.manual_snapshot = f"{self.instance}-pre-migration-{before:%Y-%m-%d}"
        for moment, *names in ((taken, self.automated_snapshot, "automated"), (before, self.manual_snapshot)):
            snapshot = rds.create_db_snapshot(self.instance, *names, original_created_at=moment)
            snapshot.created, snapshot.percent_progress, snapshot.storage_type = moment, 100, "gp3"

    def _build_secrets(self, store, servers):
        app, readonly, admin = self.passwords = [secrets.token_urlsafe(24) for _ in range(3)]
        url = "postgresql+asyncpg://{}:{}@{}:5432/amply?ssl=require".format
        values = {
            "database-url": url("amply_app", app, servers[self.instance].address),
            "database-replica-url": url("amply_readonly", readonly, servers[self.replica].address),
            "database-master": json.dumps({"username": "amply_admin", "password": admin}),
        }
        prefix = self.instance.replace("-", "/")
        for name, value in values.items():
            store.create_secret(f"{prefix}/{name}", value, None, "", None, None, None, [], False)
        self.secrets = {name: store.secrets[f"{prefix}/{name}"].arn for name in values}

    def _build_monitoring(self, cloudwatch, sns, logs):
        for log in ("postgresql", "upgrade"):
            logs.create_log_group(f"/aws/rds/instance/{self.instance}/{log}", {})
        topic = sns.create_topic("amply-alerts")
        self.topic, self.alarms = topic.arn, [*ALARMS]
        sns.subscribe(topic.arn, "on-call@amply.example", "email")
        topic.subscriptions_confimed = 1  # moto's spelling, and it never counts
        primary, replica = ([{"Name": "DBInstanceIdentifier", "Value": it}] for it in (self.instance, self.replica))
        for whose, data in ((primary, METRICS), (replica, {**METRICS, "ReplicaLag": 0.4})):
            told = {"Dimensions": whose, "Timestamp": utcnow() - timedelta(minutes=2)}
            cloudwatch.put_metric_data("AWS/RDS", [{"MetricName": n, "Value": v, **told} for n, v in data.items()])
        for name, (metric, operator, *numbers) in ALARMS.items():
            watched = (name, "AWS/RDS", metric, operator, *numbers, "Average", name, primary)
            cloudwatch.put_metric_alarm(*watched, [topic.arn])


class Simulation:
    """The account, empty until built. `environment` leads other processes here; `client`: boto3's, over HTTP."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.pending_maintenance: list[dict] = []  # what DescribePendingMaintenanceActions answers
        self._key = f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30)
        session = boto3.session.Session(*self._key, region_name=REGION)
        self.client = cache(partial(session.client, endpoint_url=endpoint))

    def environment(self) -> dict[str, str]:
        key = {"AWS_ACCESS_KEY_ID": self._key[0], "AWS_SECRET_ACCESS_KEY": self._key[1]}
        region = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}
        return {"AWS_ENDPOINT_URL": self.endpoint, **key, **region}

    def backend(self, service: str):
        """moto's own objects, such as backend("cloudwatch").alarms["rds-amply-high-cpu"]."""
        return get_backend(service)[ACCOUNT][REGION]

    def instance(self, identifier: str) -> RdsInstance:
        return self.backend("rds").databases[identifier]

    def reset(self) -> None:
        moto_api_backend.reset()
        self.pending_maintenance.clear()

    def build(self, environment: str = "production") -> Stack:
        return Stack(self.backend, environment)


@contextmanager
def simulated_account() -> Iterator[Simulation]:
    """An empty account, served until the end."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # slow, and not looked at
        patch.setattr(logging.getLogger("werkzeug"), "level", logging.ERROR)  # a line for each request
        patch.setattr(models, "valid_preferred_maintenance_window", lambda *_: None)  # to it, what touches overlaps
        server.start()
        try:
            simulation = Simulation("http://{}:{}".format(*server.get_host_and_port()))
            answer = {"PendingMaintenanceActions": simulation.pending_maintenance}
            maintenance = "describe_pending_maintenance_actions"  # moto lacks it
            patch.setattr(responses.RDSResponse, maintenance, lambda _: ActionResult(answer), raising=False)
            yield simulation
        finally:
            moto_api_backend.reset()
            server.stop()
