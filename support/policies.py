"""Resource policies: whether they let everybody in."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, Final

_EQUAL: Final = ("stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase")
# Keys that name somebody or a network of somebody's, and what a value must at least pin down.
_NARROWING: Final = {
    "aws:sourcevpc": r"vpc-\w+",
    "aws:sourcevpce": r"vpce-\w+",
    "aws:principalorgid": r"o-\w+",
    "aws:principalorgpaths": r"o-\w+/.*",
    "aws:principalaccount": r"\d{12}",
    "aws:sourceaccount": r"\d{12}",
    "aws:principalarn": r"arn:[\w-]+:\w+::\d{12}:.+",
    "aws:sourcearn": r"arn:[\w-]+:[\w-]+:[\w-]*:\d{12}:.+",
}
_WIDEST: Final = {4: 8, 6: 16}  # bits; a wider network is half the world


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _everybody(principal: Any) -> bool:
    if isinstance(principal, Mapping):
        return any("*" in _listed(who) for who in principal.values())
    return bool(principal == "*")


def _somebody(operator: str, key: str, values: list[Any]) -> bool:
    """Whether a test is met by somebody in particular only."""
    operator, key = operator.lower().rpartition(":")[2], key.lower()
    if operator == "ipaddress" and key == "aws:sourceip":
        try:
            networks = [ip_network(value, strict=False) for value in values]
        except ValueError:
            return False
        return all(network.prefixlen >= _WIDEST[network.version] for network in networks)
    pinned = _NARROWING.get(key)
    return operator in _EQUAL and pinned is not None and all(re.fullmatch(pinned, str(value)) for value in values)


def _narrowed(condition: Any) -> bool:
    """Whether a condition excludes everybody but somebody in particular: one of its tests is enough, all must be met."""
    if not isinstance(condition, Mapping):
        return False
    return any(
        _somebody(operator, key, _listed(values))
        for operator, tests in condition.items()
        if isinstance(tests, Mapping)
        for key, values in tests.items()
    )


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
