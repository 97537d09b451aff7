"""Resource policies: whether they let everybody in."""

import re
from collections.abc import Mapping
from ipaddress import collapse_addresses, ip_network
from typing import Any, Final

_EQUAL: Final = ("stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase")
# Keys that name somebody or a network of somebody's, and what a value must at least pin down.
_NARROWING: Final = {
    "aws:sourcevpc": r"vpc-\w+",
    "aws:sourcevpcarn": r"arn:[\w-]+:ec2:[\w-]+:\d{12}:vpc/vpc-\w+",
    "aws:sourcevpce": r"vpce-\w+",
    "aws:vpceaccount": r"\d{12}",
    **dict.fromkeys(("aws:vpceorgid", "aws:principalorgid", "aws:sourceorgid"), r"o-\w+"),
    **dict.fromkeys(("aws:vpceorgpaths", "aws:principalorgpaths", "aws:sourceorgpaths"), r"o-\w+/.*"),
    "aws:principalaccount": r"\d{12}",
    "aws:sourceaccount": r"\d{12}",
    "aws:principalarn": r"arn:[\w-]+:\w+::\d{12}:.+",
    "aws:sourcearn": r"arn:[\w-]+:[\w-]+:[\w-]*:\d{12}:.+",
}
_WIDEST: Final = {4: 8, 6: 16}  # bits; what covers more than one such network is half the world


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _everybody(principal: Any) -> bool:
    if isinstance(principal, Mapping):
        return any("*" in _listed(who) for who in principal.values())
    return bool(principal == "*")


def _few(values: list[Any]) -> bool:
    """Whether the networks are few addresses of the world's, together; private ones are nobody's in particular but inside."""
    try:
        networks = [ip_network(value, strict=False) for value in values]
    except ValueError:
        return False
    for version, widest in _WIDEST.items():
        ours = [one for one in networks if one.version == version]
        public = [one for one in collapse_addresses(ours) if not one.is_private]  # type: ignore[type-var]
        if sum(2.0**-one.prefixlen for one in public) > 2.0**-widest:
            return False
    return bool(networks)


def _somebody(operator: str, key: str, values: list[Any], present: set[str]) -> bool:
    """Whether a test is met by somebody in particular only. `present`: keys that the request has to have.

    ForAllValues and IfExists are met by a request that has no such key.
    """
    for_all, _, plain = operator.lower().rpartition(":")
    key = key.lower()
    if (for_all == "forallvalues" or plain.endswith("ifexists")) and key not in present:
        return False
    plain = plain.removesuffix("ifexists")
    if plain == "ipaddress" and key == "aws:sourceip":
        return _few(values)
    pinned = _NARROWING.get(key)
    return plain in _EQUAL and pinned is not None and all(re.fullmatch(pinned, str(value)) for value in values)


def _narrowed(condition: Any) -> bool:
    """Whether a condition excludes everybody but somebody in particular: one of its tests is enough, all must be met."""
    if not isinstance(condition, Mapping):
        return False
    tests = [
        (operator, key, _listed(values))
        for operator, keys in condition.items()
        if isinstance(keys, Mapping)
        for key, values in keys.items()
    ]
    present = {
        key.lower()
        for operator, key, values in tests
        if operator.lower() == "null" and [str(value).lower() for value in values] == ["false"]
    }
    return any(_somebody(operator, key, values, present) for operator, key, values in tests)


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
