"""A resource policy for everybody under a condition: which conditions leave it open, and which narrow it."""

import pytest

from support.policies import open_to_everybody
from tests_suite.secret_changes import statement

EVERY_OTHER_EIGHTH = [f"{first}.0.0.0/8" for first in range(1, 224, 2)]
QUARTERS = [f"{first}.0.0.0/10" for first in (52, 53)] + [
    "52.64.0.0/10",
    "52.128.0.0/9",
    "53.64.0.0/10",
    "53.128.0.0/9",
]
IPV6_HALVES = ["2000::/17", "2000:8000::/17", "2001::/16"]
OUR_ORGANISATION = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}
PRESENT = {"Null": {"aws:PrincipalOrgID": "false"}}

NARROWING_NOTHING = {
    "met where the key is absent": {"ForAllValues:StringEquals": OUR_ORGANISATION},
    "met where the path is absent": {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}},
    "met where the key is absent, in other words": {"StringEqualsIfExists": OUR_ORGANISATION},
    "met where the network is absent": {"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}},
    "another key has to be there": {
        "ForAllValues:StringEquals": OUR_ORGANISATION,
        "Null": {"aws:PrincipalArn": "false"},
    },
    "the key must not be there": {
        "ForAllValues:StringEquals": OUR_ORGANISATION,
        "Null": {"aws:PrincipalOrgID": ["true", "false"]},
    },
    "half the world in small pieces": {"IpAddress": {"aws:SourceIp": EVERY_OTHER_EIGHTH}},
    "a wide network in quarters": {"IpAddress": {"aws:SourceIp": QUARTERS}},
    "a wide network of IPv6": {"IpAddress": {"aws:SourceIp": IPV6_HALVES}},
    "any organisation": {"StringLike": {"aws:VpceOrgID": "o-*"}},
    "any account's endpoints": {"StringLike": {"aws:VpceAccount": "*"}},
}
NARROWING = {
    "its own network": {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
    "its own network by ARN": {"ArnEquals": {"aws:SourceVpcArn": "arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1"}},
    "its own organisation": {"StringEquals": OUR_ORGANISATION},
    "one of its paths": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}},
    "a key that has to be there": {"ForAllValues:StringEquals": OUR_ORGANISATION, **PRESENT},
    "a key that has to be there, as a boolean": {
        "StringEqualsIfExists": OUR_ORGANISATION,
        "Null": {"aws:PrincipalOrgId": False},
    },
    "endpoints of its account": {"StringEquals": {"aws:VpceAccount": "123456789012"}},
    "endpoints of its organisation": {"StringEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}},
    "endpoints of a part of it": {"ForAnyValue:StringLike": {"aws:VpceOrgPaths": ["o-a1b2c3d4e5/r-ab12/ou-ab12/*"]}},
    "services for its organisation": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}},
    "services for a part of it": {"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}},
    "two offices": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.7/32", "2a01:4f8::/32"]}},
    "a network in halves": {"IpAddress": {"aws:SourceIp": ["52.0.0.0/9", "52.128.0.0/9"]}},
    "private networks": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"]}},
}


@pytest.mark.parametrize("what", NARROWING_NOTHING)
def test_a_policy_is_open_under_a_condition(what):
    assert open_to_everybody(statement(Principal="*", Condition=NARROWING_NOTHING[what]))


@pytest.mark.parametrize("what", NARROWING)
def test_a_policy_is_narrowed_by(what):
    assert not open_to_everybody(statement(Principal="*", Condition=NARROWING[what]))
