"""Resource policies: whether they let everybody in."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Any, Final

_EQUAL: Final = ("stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase")
_ORGANISATION, _PART, _ACCOUNT = r"o-\w+", r"o-\w+/.*", r"\d{12}"
# Keys that name somebody or a network of somebody's, and what a value must at least pin down.
_NARROWING: Final = {
    "aws:sourcevpc": r"vpc-\w+",
    "aws:sourcevpce": r"vpce-\w+",
    "aws:sourcevpcarn": r"arn:[\w-]+:ec2:[\w-]*:\d{12}:vpc/.+",
    **{f"aws:{whose}orgid": _ORGANISATION for whose in ("principal", "source", "vpce")},
    **{f"aws:{whose}orgpaths": _PART for whose in ("principal", "source", "vpce")},
    **{f"aws:{whose}account": _ACCOUNT for whose in ("principal", "source", "vpce")},
    "aws:principalarn": r"arn:[\w-]+:\w+::\d{12}:.+",
    "aws:sourcearn": r"arn:[\w-]+:[\w-]+:[\w-]*:\d{12}:.+",
}
_MOST_4: Final = 2**24  # public addresses in all, a /8; with more it is half the world
_MOST_6: Final = 2**112  # a /16


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _everybody(principal: Any) -> bool:
    if isinstance(principal, Mapping):
        return any("*" in _listed(who) for who in principal.values())
    return bool(principal == "*")


def _few(values: list[Any]) -> bool:
    """Whether these networks, each address counted once, are somebody's; private ones always are."""
    try:
        networks = [ip_network(value, strict=False) for value in values]
    except ValueError:
        return False
    public = [network for network in networks if not network.is_private]
    four = collapse_addresses(network for network in public if isinstance(network, IPv4Network))
    six = collapse_addresses(network for network in public if isinstance(network, IPv6Network))
    return sum(one.num_addresses for one in four) <= _MOST_4 and sum(one.num_addresses for one in six) <= _MOST_6


def _somebody(operator: str, key: str, values: list[Any]) -> bool:
    """Whether a test, if its key is there, is met by somebody in particular only."""
    if operator == "ipaddress" and key == "aws:sourceip":
        return _few(values)
    pinned = _NARROWING.get(key)
    return operator in _EQUAL and pinned is not None and all(re.fullmatch(pinned, str(value)) for value in values)


def _narrowed(condition: Any) -> bool:
    """Whether a condition excludes everybody but somebody in particular: one of its tests is enough, all must be met.

    ForAllValues and IfExists are also met where the key is absent: they narrow only what Null says has to be there.
    """
    if not isinstance(condition, Mapping):
        return False
    tests = [
        (operator.lower(), key.lower(), _listed(values))
        for operator, tests in condition.items()
        if isinstance(tests, Mapping)
        for key, values in tests.items()
    ]
    present = {
        key
        for operator, key, values in tests
        if operator == "null" and {str(one).lower() for one in values} == {"false"}
    }
    for operator, key, values in tests:
        quantifier, _, plain = operator.rpartition(":")
        optional = quantifier == "forallvalues" or plain.endswith("ifexists")
        if (key in present or not optional) and _somebody(plain.removesuffix("ifexists"), key, values):
            return True
    return False


def open_to_everybody(policy: Any) -> str:
    """The actions of the first statement that allows something to whoever asks; empty if there is none."""
    if not isinstance(policy, Mapping):
        return ""
    for statement in _listed(policy.get("Statement", [])):
        allowed = statement.get("Effect") == "Allow"
        everybody = _everybody(statement.get("Principal")) or "NotPrincipal" in statement
        if allowed and everybody and not _narrowed(statement.get("Condition")):
            return ", ".join(map(str, _listed(statement.get("Action", "whatever the statement leaves out"))))
    return ""
