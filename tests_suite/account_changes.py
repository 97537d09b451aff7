"""Changes to a compliant AWS account, for tests to put together.

Each function changes the simulated account: `sim` is the simulation, `s` what stands in it, `i` the instance, `r` its replica.
"""

from datetime import UTC, datetime, timedelta

CPU, STORAGE, CONNECTIONS = "rds-amply-high-cpu", "rds-amply-low-storage", "rds-amply-high-connections"


def now():
    return datetime.now(UTC).replace(tzinfo=None)


def put(thing, **values):
    for name, value in values.items():
        both = isinstance(value, dict) and isinstance(getattr(thing, name, None), dict)
        setattr(thing, name, {**getattr(thing, name), **value} if both else value)  # pending changes add up


def field(server, **values):
    """Fields of the instance (`i`) or the replica (`r`)."""
    return lambda sim, s: put(sim.instance(s.instance if server == "i" else s.replica), **values)


def parameter(name, value):
    def change(sim, s):
        parameters = sim.backend("rds").db_parameter_groups[s.parameter_group].parameters
        if value is None:
            del parameters[name]
        else:
            parameters[name] = {**parameters.get(name, {"ParameterName": name}), "ParameterValue": value}

    return change


def group(sim, s, **values):
    """Fields of the parameter group."""
    put(sim.backend("rds").db_parameter_groups[s.parameter_group], **values)


def alarm(which, **values):
    return lambda sim, _: put(sim.backend("cloudwatch").alarms[which], **values)


def snapshot(which, **values):
    return lambda sim, s: put(sim.backend("rds").database_snapshots[getattr(s, which)], **values)


def older(which, **age):
    def change(sim, s):
        sim.backend("rds").database_snapshots[getattr(s, which)].created -= timedelta(**age)

    return change


def shared(*accounts):
    return lambda sim, s: sim.client("rds").modify_db_snapshot_attribute(
        DBSnapshotIdentifier=s.manual_snapshot, AttributeName="restore", ValuesToAdd=list(accounts)
    )


def opened(**rule):
    return lambda sim, s: sim.client("ec2").authorize_security_group_ingress(GroupId=s.sg_rds, IpPermissions=[rule])


def second_group(server):
    def change(sim, s):
        ec2 = sim.client("ec2")
        group = ec2.create_security_group(GroupName="office", Description="office", VpcId=s.vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=5432, ToPort=5432, CidrIp="0.0.0.0/0"
        )
        sim.instance(getattr(s, server)).vpc_security_group_ids.append(group)

    return change


def namesake(sim, s):
    """A second group that is tagged sg-ecs; its id."""
    ec2 = sim.client("ec2")
    group = ec2.create_security_group(GroupName="build-servers", Description="builds", VpcId=s.vpc)["GroupId"]
    ec2.create_tags(Resources=[group], Tags=[{"Key": "Name", "Value": "sg-ecs"}])
    return group


def namesake_let_in(sim, s):
    opened(IpProtocol="tcp", FromPort=5432, ToPort=5432, UserIdGroupPairs=[{"GroupId": namesake(sim, s)}])(sim, s)


def another_replica(of="instance", **values):
    """A read replica more, called amply-reports, of the instance or of its replica."""

    def change(sim, s):
        names = {"db_instance_identifier": "amply-reports", "source_db_instance_identifier": getattr(s, of)}
        made = sim.backend("rds").create_db_instance_read_replica({**names, "multi_az": False})
        put(made, **values)

    return change


def one_of_two_replicas_goes(sim, s):
    another_replica()(sim, s)
    put(sim.instance(s.replica), status="deleting")


def closed(sim, s):
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": s.sg_ecs}]}
    sim.client("ec2").revoke_security_group_ingress(GroupId=s.sg_rds, IpPermissions=[rule])


def another_port(sim, s):
    closed(sim, s)
    opened(IpProtocol="tcp", FromPort=5433, ToPort=5433, UserIdGroupPairs=[{"GroupId": s.sg_ecs}])(sim, s)


def balancer_let_in(sim, s):
    opened(IpProtocol="tcp", FromPort=5432, ToPort=5432, UserIdGroupPairs=[{"GroupId": s.sg_alb}])(sim, s)


def route(table, **to):
    def change(sim, s):
        sim.client("ec2").create_route(RouteTableId=getattr(s, table), GatewayId=s.internet_gateway, **to)

    return change


def public_subnets(sim, s):
    subnets = sim.backend("ec2").describe_subnets(s.public_subnets)
    sim.backend("rds").subnet_groups[s.subnet_group].subnets = subnets


def without_metric(name):
    def change(sim, _):
        watch = sim.backend("cloudwatch")
        watch.metric_data = [one for one in watch.metric_data if one.name != name]

    return change


def without_data(which, **since):
    """An alarm that has had too little data since this long before the change."""

    def change(sim, s):
        moment = now() - timedelta(**since)
        alarm(which, state_value="INSUFFICIENT_DATA", state_updated_timestamp=moment)(sim, s)

    return change


def large_in_numbers(sim, s, **pages):
    """A class of 128 GiB, its shares in pages instead of formulas."""
    put(sim.instance(s.instance), db_instance_class="db.x2iedn.xlarge")
    for name, value in {"shared_buffers": "4194304", "effective_cache_size": "12582912", **pages}.items():
        parameter(name, value)(sim, s)


def without_alarm(name):
    return lambda sim, _: sim.backend("cloudwatch").alarms.pop(name)


def of_another_instance(name):
    def change(sim, _):
        sim.backend("cloudwatch").alarms[name].dimensions[0].value = "amply-other"

    return change


def promoted(sim, s):
    sim.instance(s.instance).replicas.clear()
    vars(sim.instance(s.replica)).update(source_db_instance_identifier=None, is_replica=False, status_infos=None)


def not_replicating(sim, s):
    sim.instance(s.replica).status_infos[0].update(Normal=False, Status="error", Message="replication has ended")


def certificate(server, name, ends):
    def change(sim, s):
        one = sim.instance(getattr(s, server))
        one.ca_certificate_identifier = one.certificate_details["CAIdentifier"] = name
        one.certificate_details["ValidTill"] = ends

    return change
