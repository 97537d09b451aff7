"""Resource policies: whether they let everybody in."""

from collections.abc import Mapping
from typing import Any


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _everybody(principal: Any) -> bool:
    if isinstance(principal, Mapping):
        return any("*" in _listed(who) for who in principal.values())
    return bool(principal == "*")


def _narrowed(condition: Any) -> bool:
    """Whether a condition excludes anybody; one that any value meets does not."""
    if not isinstance(condition, Mapping):
        return False
    values = [value for test in condition.values() if isinstance(test, Mapping) for value in test.values()]
    return any("*" not in _listed(value) for value in values)


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
