"""NET: the instance and its replica stand in private subnets and let the application in, nobody else."""

import pytest

from spec.rds import RDS
from support.judged import nothing_wrong
from support.network import is_called, openings, public_route
from support.parameters import now_and_soon
from support.unread import NotReadError

APPLICATION = RDS["network"]["application"]
PORT = RDS["instance"]["port"]


def attached(account, server):
    """What the security groups of a server let in, the ids of the application's, and why some could not be looked at."""
    groups, unread = account.partly("security_groups")
    known = {group["GroupId"]: group for group in groups}
    ids = [one["VpcSecurityGroupId"] for one in server.get("VpcSecurityGroups", []) if one["Status"] != "removing"]
    missing = [id_ for id_ in ids if id_ not in known]
    if missing:
        unread = unread or f"the security group {missing[0]} was not found in the server's network"
    ecs = {id_ for id_, group in known.items() if is_called(group, APPLICATION)}
    opened = list(openings((known[id_] for id_ in ids if id_ in known), known))
    return opened, ecs, unread if missing else ""


def doubt(account, server):
    """Why a group's name does not say that it is the application's: another in the server's network bears it too."""
    groups = account.partly("security_groups")[0]
    ids = {one["VpcSecurityGroupId"] for one in server.get("VpcSecurityGroups", [])}
    networks = {one["VpcId"] for one in groups if one["GroupId"] in ids}  # one: a server stands in one network
    called = sorted(one["GroupId"] for one in groups if is_called(one, APPLICATION) and one["VpcId"] in networks)
    return (
        f"several groups are called {APPLICATION}: {', '.join(called)}; which is the application's?"
        if called[1:]
        else ""
    )


@pytest.mark.guarantee("NET-01")
def test_every_subnet_is_private(account):
    tables, no_tables = account.partly("route_tables")
    servers, no_servers = account.servers

    def public(server):
        group = server["DBSubnetGroup"]
        for subnet in group["Subnets"]:
            name = subnet["SubnetIdentifier"]
            if route := public_route(name, group["VpcId"], tables):
                yield f"the subnet {name} of {server['DBInstanceIdentifier']} is public: {route}"

    nothing_wrong(servers, public, no_tables or no_servers)


@pytest.mark.guarantee("NET-02")
def test_nobody_but_the_application_is_let_in(account):
    def others(server):
        opened, ecs, unread = attached(account, server)
        strangers = sorted({str(one) for one in opened if one.source_group not in ecs})
        if strangers:
            yield f"{server['DBInstanceIdentifier']}: {'; '.join(strangers)}"
        let_in = sorted({one.source_group for one in opened} & ecs)
        if len(let_in) > 1:
            yield f"{server['DBInstanceIdentifier']} lets several groups called {APPLICATION} in: {', '.join(let_in)}"
        if reason := unread or doubt(account, server):
            raise NotReadError(reason)

    nothing_wrong(account.servers[0], others, account.servers[1])


@pytest.mark.guarantee("NET-03")
def test_the_application_is_let_in(account):
    def closed(server):
        opened, ecs, unread = attached(account, server)
        if any(one.source_group in ecs and one.covers(PORT) for one in opened):
            unread = doubt(account, server)
        elif not unread:
            yield f"{server['DBInstanceIdentifier']}: no security group lets {APPLICATION} in on port {PORT}"
        if unread:
            raise NotReadError(unread)

    nothing_wrong(account.servers[0], closed, account.servers[1])


@pytest.mark.guarantee("NET-04")
def test_no_server_has_a_public_address(account):
    def public(server):
        if any(now_and_soon(server, "PubliclyAccessible")):
            yield f"{server['DBInstanceIdentifier']} is, or is about to be, publicly accessible"

    nothing_wrong(account.servers[0], public, account.servers[1])
