"""The values of RDS parameters: numbers, or formulas over the memory of the instance's class."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from support.unread import NotReadError

# The document leaves them at their defaults; a group that sets them can take back what it promises elsewhere.
UNDERMINING: Final = ("session_replication_role", "log_min_messages", "autovacuum", "track_counts")
PAGE: Final = 8192  # bytes; what shared_buffers and effective_cache_size are counted in
_GIB: Final = 2**30
# Memory in GiB of a burstable class by its size, and of another family's xlarge.
_BURSTABLE: Final = {"nano": 0.5, "micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
_PER_XLARGE: Final = {"c": 8, "m": 16, "r": 32, "x": 64, "z": 32}
_LARGER: Final = {"x2ie": 128, "x1e": 122}  # families of the letter that have more
_SMALL: Final = 2.0  # GiB of db.t3.small

_BINARY: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_FUNCTIONS: Final[dict[str, Callable[..., float]]] = {"LEAST": min, "GREATEST": max, "SUM": lambda *parts: sum(parts)}


def memory(instance_class: str) -> float:
    """The memory of a class such as db.t3.small, in bytes. Raises NotReadError for one that is not known."""
    match = re.fullmatch(r"db\.([a-z])(\w*)\.(\w+?)(\.\w+)*", instance_class)
    if match:
        family, generation, size, _ = match.groups()
        if family == "t" and size in _BURSTABLE:
            return _BURSTABLE[size] * _GIB
        many = re.fullmatch(r"(\d*)xlarge", size)
        parts = {"medium": 0.25, "large": 0.5}
        if family in _PER_XLARGE and (many or size in parts):
            each = next(
                (gib for name, gib in _LARGER.items() if f"{family}{generation}".startswith(name)), _PER_XLARGE[family]
            )
            return each * (float(many[1] or 1) if many else parts[size]) * _GIB
    raise NotReadError(f"the class {instance_class} is not known")


def at_least_small(instance_class: str) -> bool:
    """Whether a class has at least the memory of db.t3.small. Raises NotReadError for one that is not known."""
    return memory(instance_class) >= _SMALL * _GIB


def value(text: str, instance_class: str) -> float:
    """What a parameter's value comes to on this class: "200", "{DBInstanceClassMemory/32768}", "LEAST({...},5000)".

    Raises ValueError for what is no number and no formula.
    """
    formula = text.strip()
    for name, comes_to in (
        ("DBInstanceClassMemory", memory),
        ("DBInstanceVCPU", lambda _: 2.0),
        ("EndPointPort", lambda _: 5432.0),
    ):
        if name in formula:
            formula = formula.replace(name, repr(comes_to(instance_class)))
    try:
        return _evaluated(ast.parse(formula.replace("{", "(").replace("}", ")"), mode="eval").body)
    except (SyntaxError, KeyError, TypeError, ZeroDivisionError, AttributeError):
        raise ValueError(f"{text!r} is no number and no formula") from None


def _evaluated(node: ast.expr) -> float:
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)](_evaluated(node.left), _evaluated(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluated(node.operand)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _FUNCTIONS[node.func.id.upper()](*map(_evaluated, node.args))
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type]
    raise TypeError


def logs_changes_of_the_schema(level: str) -> bool:
    """Whether this log_statement logs what changes the schema."""
    return level in ("ddl", "mod", "all")


def reaches_the_log(least: str | None) -> bool:
    """Whether statements are still written to the log under this log_min_messages; None: its default.

    They are messages of the level LOG, which the server's log ranks above errors: only fatal and panic keep them out.
    """
    return (least or "").strip().lower() not in ("fatal", "panic")


def fires_triggers(role: str | None) -> bool:
    """Whether triggers and foreign keys work under this session_replication_role; to them, local is the same as origin."""
    return (role or "").strip().lower() != "replica"


def is_off(text: str | None) -> bool:
    """Whether a boolean parameter is switched off, in any of PostgreSQL's spellings; None: its default, on."""
    return (text or "").strip().lower() in ("0", "off", "of", "false", "fals", "fal", "fa", "f", "no", "n")


def share(text: str, instance_class: str) -> float:
    """Which share of the instance's memory a parameter in pages asks for: 0.25 for {DBInstanceClassMemory/32768}."""
    return value(text, instance_class) * PAGE / memory(instance_class)


def now_and_soon(instance: Mapping[str, Any], field: str) -> list[Any]:
    """What a field is, and what it will be when pending modifications are done: the promise holds for both."""
    coming = instance.get("PendingModifiedValues") or {}
    return [instance.get(field), *([coming[field]] if field in coming else [])]
