"""Harmless variations of a compliant account: none of them breaks a guarantee."""

import json
from datetime import timedelta

from tests_suite import account_changes as c
from tests_suite import secret_changes as sc


def another_alarm(sim, s):
    watch = sim.client("cloudwatch")
    dimension = {"Name": "DBInstanceIdentifier", "Value": s.instance}
    watch.put_metric_alarm(
        AlarmName="busy", Namespace="AWS/RDS", MetricName="CPUUtilization", Dimensions=[dimension], Statistic="Average",
        Period=60, EvaluationPeriods=1, Threshold=95, ComparisonOperator="GreaterThanThreshold", ActionsEnabled=False,
    )  # fmt: skip


def another_topic(sim, _):
    alarm_ = sim.backend("cloudwatch").alarms[c.CPU]
    alarm_.alarm_actions = ["arn:aws:sns:eu-central-1:123456789012:long-gone", *alarm_.alarm_actions]


def outwards_only(sim, s):
    ec2 = sim.client("ec2")
    gateway = ec2.create_egress_only_internet_gateway(VpcId=s.vpc)["EgressOnlyInternetGateway"]
    ec2.create_route(
        RouteTableId=s.private_route_table,
        DestinationIpv6CidrBlock="::/0",
        EgressOnlyInternetGatewayId=gateway["EgressOnlyInternetGatewayId"],
    )


def every_port_for_the_application(sim, s):
    c.closed(sim, s)
    c.opened(IpProtocol="-1", UserIdGroupPairs=[{"GroupId": s.sg_ecs}])(sim, s)


def as_json(sim, s):
    client = sim.client("secretsmanager")
    url = client.get_secret_value(SecretId=s.secrets[sc.PRIMARY])["SecretString"]
    client.put_secret_value(SecretId=s.secrets[sc.PRIMARY], SecretString=json.dumps({"url": url}))


def libpq(sim, s):
    sc.secret(sc.PRIMARY, "+asyncpg", "")(sim, s)
    sc.secret(sc.PRIMARY, "?ssl=require", "?sslmode=verify-full")(sim, s)


VARIATIONS = {
    "a larger class": c.field("i", db_instance_class="db.r6g.xlarge"),
    "another burstable class": c.field("i", db_instance_class="db.t4g.medium"),
    "more storage": c.field("i", allocated_storage=200),
    "another minor version": c.field("i", engine_version="15.19"),
    "a minor version is coming": c.field("i", pending_modified_values={"EngineVersion": "15.19"}),
    "a larger class is coming": c.field("i", pending_modified_values={"DBInstanceClass": "db.m6g.large"}),
    "backups for a month": c.field("i", backup_retention_period=35),
    "insights for two years": c.field("i", performance_insights_retention_period=731),
    "three quarters by another formula": c.parameter("effective_cache_size", "{DBInstanceClassMemory/10923}"),
    "a quarter by another formula": c.parameter("shared_buffers", "{DBInstanceClassMemory*25/819200}"),
    "a limit of connections by formula": c.parameter("max_connections", "LEAST({DBInstanceClassMemory/9531392},200)"),
    "a trailing zero": c.parameter("checkpoint_completion_target", "0.90"),
    "more statements logged": c.parameter("log_statement", "all"),
    "faster statements logged": c.parameter("log_min_duration_statement", "250"),
    **{
        f"messages of {level} and above": c.parameter("log_min_messages", level) for level in ("log", "error", "debug5")
    },
    "autovacuum on": c.parameter("autovacuum", "1"),
    "counted": c.parameter("track_counts", "on"),
    "origin": c.parameter("session_replication_role", "origin"),
    "local, to triggers the same": c.parameter("session_replication_role", "local"),
    "the default of force_ssl": c.parameter("rds.force_ssl", None),
    "restorable ten minutes ago": c.field("i", restorable_age=timedelta(minutes=10)),
    "a snapshot shared with the account itself": c.shared("123456789012"),
    "a shorter window": c.field("i", preferred_backup_window="03:10-03:45"),
    "a window in capitals": c.field("i", preferred_maintenance_window="Sun:04:00-Sun:05:00"),
    "being backed up": c.field("i", status="backing-up"),
    "another alarm": another_alarm,
    "at or above": c.alarm(c.CPU, comparison_operator="GreaterThanOrEqualToThreshold"),
    "the highest value": c.alarm(c.CONNECTIONS, statistic="Maximum"),
    "a percentile": c.alarm(c.CPU, statistic=None, extended_statistic="p95"),
    "three of three": c.alarm(c.CPU, datapoints_to_alarm=3),
    "another name": c.alarm(c.STORAGE, alarm_name="disk is filling up"),
    "missing data breach": c.alarm(c.CPU, treat_missing_data="breaching"),
    "in alarm": c.alarm(c.CPU, state_value="ALARM", state_updated_timestamp=c.now() - timedelta(days=2)),
    "young and without data": c.alarm(c.CPU, state_value="INSUFFICIENT_DATA", state_updated_timestamp=c.now()),
    "a topic more": another_topic,
    "IPv6 outwards only": outwards_only,
    "an application on every port": every_port_for_the_application,
    "open to its own network by policy": sc.under({"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
    "closed to everybody": sc.policy(sc.MASTER, sc.statement(Principal="*", Effect="Deny")),
    "the URL as JSON": as_json,
    "a class of much memory": c.large_in_numbers,
    "parameters being applied": c.field("i", parameter_apply_status="applying"),
    "a replica's parameters being applied": c.field("r", parameter_apply_status="applying"),
    "one of two replicas is going": c.another_replica(status="deleting"),
    "a root dot": sc.secret(sc.PRIMARY, ".rds.amazonaws.com:", ".rds.amazonaws.com.:"),
    "a replica's root dot": sc.secret(sc.REPLICA, ".rds.amazonaws.com:", ".rds.amazonaws.com.:"),
    "any of three periods of storage": c.alarm(c.STORAGE, evaluation_periods=3, datapoints_to_alarm=1),
    "two of three periods of connections": c.alarm(c.CONNECTIONS, evaluation_periods=3, datapoints_to_alarm=2),
    "all of two periods": c.alarm(c.CONNECTIONS, evaluation_periods=2, datapoints_to_alarm=2),
    "two periods": c.alarm(c.STORAGE, evaluation_periods=2, datapoints_to_alarm=None),
    "without data for a period longer": c.without_data(c.CPU, minutes=19),
    "without data for nine minutes": c.without_data(c.CONNECTIONS, minutes=9),
    "libpq's URL": libpq,
    "RDS keeps the master's password": lambda sim, s: sim.client("rds").modify_db_instance(
        DBInstanceIdentifier=s.instance, ManageMasterUserPassword=True
    ),
    **{
        f"the replica is {status}": c.field("r", status=status)
        for status in ("configuring-log-exports", "upgrading", "rebooting", "storage-initialization")
    },
    "a medium class of another family": c.field("i", db_instance_class="db.c6gd.medium"),
    "a password of many signs": sc.password("a/b#c?d[e"),
    "asyncpg's own spelling": sc.secret(sc.PRIMARY, "?ssl=require", "?ssl=verify_full"),
    "several replicas": c.another_replica(),
    "a replica of the replica": c.another_replica("replica"),
    "a snapshot without a resource": c.snapshot("manual_snapshot", dbi_resource_id=None),
    "a snapshot more": lambda sim, s: sim.client("rds").create_db_snapshot(
        DBInstanceIdentifier=s.instance, DBSnapshotIdentifier="monthly"
    ),
}
