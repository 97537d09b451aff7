"""One thing wrong around the instance at a time, and the guarantee that it breaks: alarms, network, keys, secrets."""

from datetime import datetime, timedelta

from tests_suite import account_changes as c
from tests_suite import secret_changes as sc

PAST = datetime(2024, 8, 22)  # moto's moments are naive

MUTANTS = {
    "MON-01": {name: c.without_metric(name) for name in ("ReadIOPS", "WriteLatency", "FreeStorageSpace")},
    "MON-02": {
        "none": c.without_alarm(c.CPU),
        "on another instance": c.of_another_instance(c.CPU),
        "at 90 %": c.alarm(c.CPU, threshold=90.0),
        "at 0.8": c.alarm(c.CPU, threshold=0.8),
        "below": c.alarm(c.CPU, comparison_operator="LessThanThreshold"),
        "a count of samples": c.alarm(c.CPU, statistic="SampleCount"),
        "a sum": c.alarm(c.CPU, statistic="Sum"),
        "an hour": c.alarm(c.CPU, period=3600),
        "one period": c.alarm(c.CPU, evaluation_periods=1),
        "one of three": c.alarm(c.CPU, datapoints_to_alarm=1),
        "in bytes": c.alarm(c.CPU, unit="Bytes"),
        "of another service": c.alarm(c.CPU, namespace="AWS/EC2"),
    },
    "MON-03": {
        "too often": c.alarm(c.STORAGE, period=10),
        "none": c.without_alarm(c.STORAGE),
        "10 GB in GB": c.alarm(c.STORAGE, threshold=10.0),
        "above": c.alarm(c.STORAGE, comparison_operator="GreaterThanThreshold"),
        "on another instance": c.of_another_instance(c.STORAGE),
        "in gigabytes": c.alarm(c.STORAGE, unit="Gigabytes"),
    },
    "MON-04": {
        "none": c.without_alarm(c.CONNECTIONS),
        "at 200": c.alarm(c.CONNECTIONS, threshold=200.0),
        "a count of samples": c.alarm(c.CONNECTIONS, statistic="SampleCount"),
        "on another metric": c.alarm(c.CONNECTIONS, name="FreeableMemory", metric_name="FreeableMemory"),
    },
    "MON-05": {
        "no topic": lambda sim, s: sim.client("sns").delete_topic(TopicArn=s.topic),
        "actions off": lambda sim, _: sim.client("cloudwatch").disable_alarm_actions(AlarmNames=[c.STORAGE]),
        "no actions": c.alarm(c.CONNECTIONS, alarm_actions=[]),
    },
    "MON-06": {
        "no data": c.alarm(
            c.CPU, state_value="INSUFFICIENT_DATA", state_updated_timestamp=c.now() - timedelta(hours=2)
        ),
        "no data for more than a period too long": c.without_data(c.STORAGE, minutes=11),
    },
    "MON-07": {"off": c.field("i", performance_insights_enabled=False, performance_insights_retention_period=None)},
    "MON-08": {"one day": c.field("i", performance_insights_retention_period=1)},
    "MON-09": {
        "no upgrade log": c.field("i", enabled_cloudwatch_logs_exports=["postgresql"]),
        "none": c.field("i", enabled_cloudwatch_logs_exports=[]),
        "about to end": c.field(
            "i", pending_modified_values={"PendingCloudwatchLogsExports": {"LogTypesToDisable": ["postgresql"]}}
        ),
    },
    "NET-01": {
        "public subnets": c.public_subnets,
        "IPv4 to the internet": c.route("main_route_table", DestinationCidrBlock="0.0.0.0/0"),
        "half of IPv4": c.route("main_route_table", DestinationCidrBlock="128.0.0.0/1"),
        "IPv6 to the internet": c.route("private_route_table", DestinationIpv6CidrBlock="::/0"),
    },
    "NET-02": {
        "a second group": c.second_group("instance"),
        "a second group of the replica": c.second_group("replica"),
        "the world": c.opened(IpProtocol="tcp", FromPort=5432, ToPort=5432, IpRanges=[{"CidrIp": "0.0.0.0/0"}]),
        "an office": c.opened(IpProtocol="tcp", FromPort=5432, ToPort=5432, IpRanges=[{"CidrIp": "203.0.113.7/32"}]),
        "the network itself": c.opened(
            IpProtocol="tcp", FromPort=5432, ToPort=5432, IpRanges=[{"CidrIp": "10.0.0.0/16"}]
        ),
        "IPv6": c.opened(IpProtocol="tcp", FromPort=5432, ToPort=5432, Ipv6Ranges=[{"CidrIpv6": "::/0"}]),
        "a range of ports": c.opened(IpProtocol="tcp", FromPort=1024, ToPort=65535, IpRanges=[{"CidrIp": "0.0.0.0/0"}]),
        "another port": c.opened(IpProtocol="tcp", FromPort=22, ToPort=22, IpRanges=[{"CidrIp": "0.0.0.0/0"}]),
        "every protocol": c.opened(IpProtocol="-1", IpRanges=[{"CidrIp": "198.51.100.0/24"}]),
        "a prefix list": c.opened(
            IpProtocol="tcp", FromPort=5432, ToPort=5432, PrefixListIds=[{"PrefixListId": "pl-1"}]
        ),
        "the load balancer": c.balancer_let_in,
        "two groups of the application's name": c.namesake_let_in,
    },
    "NET-03": {"nobody": c.closed, "on another port": c.another_port},
    "NET-04": {
        "the instance": c.field("i", publicly_accessible=True),
        "the replica": c.field("r", publicly_accessible=True),
        "the replica's replica": c.another_replica("replica", publicly_accessible=True),
    },
    "SEC-01": {
        "the instance in plain": c.field("i", storage_encrypted=False),
        "the replica in plain": c.field("r", storage_encrypted=False),
    },
    "SEC-02": {
        "disabled": lambda sim, s: sim.client("kms").disable_key(KeyId=s.key_id),
        "going": lambda sim, s: sim.client("kms").schedule_key_deletion(KeyId=s.key_id, PendingWindowInDays=7),
    },
    "SEC-03": {
        "off": c.parameter("rds.force_ssl", "0"),
        "the replica waits for a restart": c.field("r", parameter_apply_status="pending-reboot"),
    },
    "SEC-04": {
        "the instance's": c.certificate("instance", "rds-ca-2019", PAST),
        "the replica's": c.certificate("replica", "rds-ca-rsa2048-g1", PAST),
    },
    "SEC-05": {
        "going": sc.deleted(sc.MASTER, RecoveryWindowInDays=7),
        "gone": sc.deleted(sc.MASTER, ForceDeleteWithoutRecovery=True),
    },
    "SEC-07": {
        f"{name}, {what}": sc.policy(name, policy)
        for name in (sc.PRIMARY, sc.REPLICA, sc.MASTER)
        for what, policy in (
            ("open", sc.OPEN),
            ("open to every account", sc.statement(Principal={"AWS": "*"})),
            (
                "open under a condition that all meet",
                sc.statement(Principal="*", Condition={"StringLike": {"aws:PrincipalArn": "*"}}),
            ),
        )
    }
    | {
        "open where the key is absent": sc.under({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        "open to a wide network in halves": sc.under({"IpAddress": {"aws:SourceIp": ["52.0.0.0/8", "53.0.0.0/8"]}}),
    },
    "SEC-08": {
        "another server": sc.secret(sc.PRIMARY, ".rds.amazonaws.com", ".example.com"),
        "the primary for the replica": sc.leads_to_the_primary,
        "another port": sc.secret(sc.PRIMARY, ":5432/", ":5433/"),
        "another port behind": sc.secret(sc.PRIMARY, "ssl=require", "ssl=require&port=6432"),
        "SQLAlchemy's unknown": sc.secret(sc.PRIMARY, "postgresql+", "postgres+"),
        "another port of the replica": c.field("r", port=5433),
        "another port of the replica is coming": c.field("r", pending_modified_values={"Port": 5433}),
        "a replica that is going, of two": c.one_of_two_replicas_goes,
        "another engine": sc.as_json({"engine": "mysql", "host": "db.example.com", "username": "amply_app"}),
        "another database": sc.secret(sc.REPLICA, "/amply?", "/postgres?"),
        "nested by thousands": sc.nested(2_000),
        "nested by ten thousands": sc.nested(20_000),
        "none at all": sc.secret(sc.REPLICA, "postgresql+asyncpg://", "mysql://"),
    },
    "SEC-09": {
        "nothing said": sc.secret(sc.PRIMARY, "?ssl=require", ""),
        "libpq's word": sc.secret(sc.PRIMARY, "?ssl=require", "?sslmode=require"),
        "preferred": sc.secret(sc.REPLICA, "?ssl=require", "?ssl=prefer"),
        "switched off": sc.secret(sc.REPLICA, "?ssl=require", "?ssl=disable"),
        "asyncpg's word for libpq": sc.secret(sc.PRIMARY, "+asyncpg", ""),
    },
    "SEC-10": {
        "the master": sc.secret(sc.PRIMARY, "amply_app", "amply_admin"),
        "the application on the replica": sc.secret(sc.REPLICA, "amply_readonly", "amply_app"),
    },
}
