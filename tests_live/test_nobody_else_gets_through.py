"""NET: the instance and its replica stand in private subnets and let the application in, nobody else."""

import pytest

from spec.rds import RDS
from support.network import is_called, openings, public_route
from support.parameters import now_and_soon

APPLICATION = RDS["network"]["application"]
PORT = RDS["instance"]["port"]


def attached(account):
    """What the security groups of each server let in: by the server's identifier."""
    known = {group["GroupId"]: group for group in account["security_groups"]}
    found = {}
    for server in account.servers:
        ids = [
            group["VpcSecurityGroupId"]
            for group in server.get("VpcSecurityGroups", [])
            if group["Status"] != "removing"
        ]
        unread = [id_ for id_ in ids if id_ not in known]
        if unread:
            pytest.skip(f"the security group {unread[0]} was not found in the instance's network")
        found[server["DBInstanceIdentifier"]] = list(openings((known[id_] for id_ in ids), known))
    ecs = {id_ for id_, group in known.items() if is_called(group, APPLICATION)}
    return found, ecs


@pytest.mark.guarantee("NET-01")
def test_every_subnet_is_private(account):
    for server in account.servers:
        group = server["DBSubnetGroup"]
        for subnet in group["Subnets"]:
            name = subnet["SubnetIdentifier"]
            route = public_route(name, group["VpcId"], account["route_tables"])
            assert not route, f"the subnet {name} of {server['DBInstanceIdentifier']} is public: {route}"


@pytest.mark.guarantee("NET-02")
def test_nobody_but_the_application_is_let_in(account):
    found, ecs = attached(account)
    for server, opened in found.items():
        others = sorted({str(one) for one in opened if one.source_group not in ecs})
        assert not others, f"{server}: {'; '.join(others)}"


@pytest.mark.guarantee("NET-03")
def test_the_application_is_let_in(account):
    found, ecs = attached(account)
    for server, opened in found.items():
        assert any(one.source_group in ecs and one.covers(PORT) for one in opened), (
            f"{server}: no security group lets {APPLICATION} in on port {PORT}"
        )


@pytest.mark.guarantee("NET-04")
def test_no_server_has_a_public_address(account):
    public = [one["DBInstanceIdentifier"] for one in account.servers if any(now_and_soon(one, "PubliclyAccessible"))]
    assert not public, f"publicly accessible: {', '.join(public)}"
