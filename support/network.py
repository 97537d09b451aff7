"""Who gets through: what security groups let in, and where a subnet's routes lead."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from support.unread import NotReadError

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Opening:
    """A rule that lets somebody in: `who` in words, the first and last port, and the group that holds it."""

    group: str
    who: str
    source_group: str  # its id; empty unless the rule lets a group in
    protocol: str  # as AWS has it: tcp, udp, icmp, a number, or -1 for all
    first: int
    last: int

    def __str__(self) -> str:
        if self.protocol == "-1":
            return f"{self.group} lets {self.who} in by every protocol"
        ports = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.group} lets {self.who} in by {self.protocol} {ports}"

    def covers(self, port: int) -> bool:
        """Whether TCP gets through to this port."""
        return self.protocol in ("-1", "tcp", "6") and self.first <= port <= self.last


def name(group: Json) -> str:
    """The group's name, or the name that it is tagged with."""
    tags = {tag["Key"]: tag["Value"] for tag in group.get("Tags", [])}
    return str(tags.get("Name") or group["GroupName"])


def is_called(group: Json, wanted: str) -> bool:
    """Whether the group bears this name, as its own or as a tag."""
    return wanted in (group["GroupName"], name(group))


def openings(groups: Iterable[Json], known: Mapping[str, Json]) -> Iterator[Opening]:
    """Every opening in these groups; `known`: groups by id, for naming them."""
    for group in groups:
        for rule in group.get("IpPermissions", []):
            whole = rule.get("FromPort") in (None, -1)
            ports = (0, 65535) if whole else (rule["FromPort"], rule["ToPort"])
            for who, source in _sources(rule, known):
                yield Opening(name(group), who, source, str(rule.get("IpProtocol")), *ports)


def _sources(rule: Json, known: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for one in rule.get("IpRanges", []):
        yield one["CidrIp"], ""
    for one in rule.get("Ipv6Ranges", []):
        yield one["CidrIpv6"], ""
    for one in rule.get("PrefixListIds", []):
        yield f"the prefix list {one['PrefixListId']}", ""
    for one in rule.get("UserIdGroupPairs", []):
        id_ = one["GroupId"]
        yield f"the group {name(known[id_]) if id_ in known else id_}", id_


def public_route(subnet: str, vpc: str, tables: Iterable[Json]) -> str:
    """Where a subnet's route table leads to an internet gateway, such as "0.0.0.0/0 -> igw-1"; empty if nowhere.

    A subnet without a table of its own uses the main one. Raises NotReadError if neither was read.
    """
    tables = [table for table in tables if table.get("VpcId") == vpc]
    own = [table for table in tables if any(one.get("SubnetId") == subnet for one in table.get("Associations", []))]
    main = [table for table in tables if any(one.get("Main") for one in table.get("Associations", []))]
    table = next(iter(own or main), None)
    if table is None:
        raise NotReadError(f"no route table of the subnet {subnet} was found")
    for route in table.get("Routes", []):
        gateway = str(route.get("GatewayId") or "")
        if gateway.startswith("igw-") and route.get("State") != "blackhole":
            target = (
                route.get("DestinationCidrBlock")
                or route.get("DestinationIpv6CidrBlock")
                or route.get("DestinationPrefixListId")
            )
            return f"{target} -> {gateway}"
    return ""
