"""What is promised of the real thing: spec/rds.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from spec.toml_file import SpecError, read

Environment = Literal["production", "staging"]
ENVIRONMENTS: Final = get_args(Environment)
FILE: Final = Path(__file__).parent / "rds.toml"


@dataclass(frozen=True)
class Target:
    """An environment's names: the instance's identifier, and how the names of its secrets begin."""

    environment: str
    instance: str
    secrets: str

    def secret(self, name: str) -> str:
        """The whole name of a secret, such as amply/prod/database-url."""
        return f"{self.secrets}/{name}"


@dataclass(frozen=True)
class AlarmSpec:
    """An alarm of the document. `threshold` in the metric's unit; `rising`: goes off above it, else below; `period` in
    seconds and number of `periods`, None where the document does not say."""

    metric: str
    threshold: float
    rising: bool
    period: int | None = None
    periods: int | None = None


def _load() -> tuple[Mapping[str, Any], Mapping[str, Target], Mapping[str, AlarmSpec]]:
    data = read(FILE)
    try:
        targets = {name: Target(environment=name, **data[name]) for name in ENVIRONMENTS}
        alarms = {metric: AlarmSpec(metric=metric, **fields) for metric, fields in data["alarms"].items()}
    except (KeyError, TypeError) as error:
        raise SpecError(f"spec/rds.toml: {error}") from None
    return data, targets, alarms


_LOADED: Final = _load()
RDS: Final[Mapping[str, Any]] = _LOADED[0]
TARGETS: Final[Mapping[str, Target]] = _LOADED[1]
ALARMS: Final[Mapping[str, AlarmSpec]] = _LOADED[2]
