"""The guarantees: spec/guarantees.toml (proved) and spec/planned.toml (promised, not proved yet)."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from spec.toml_file import SpecError, read

Level = Literal["core", "hardening"]
Scope = Literal["offline", "operations", "live"]

HERE: Final = Path(__file__).parent
SCOPE_OF_PREFIX: Final[dict[str, Scope]] = {
    **dict.fromkeys(("SHP", "LED", "CHN", "TEN", "GRT", "ROL", "MIG"), "offline"),
    **dict.fromkeys(("CON", "REP", "REC"), "operations"),
    **dict.fromkeys(("RDS", "PRM", "BAK", "MON", "NET", "SEC", "MNT", "DRF", "AUD"), "live"),
}
AREAS: Final[dict[str, str]] = {
    "SHP": "structure",
    "LED": "append-only",
    "CHN": "chain",
    "TEN": "isolation",
    "GRT": "grants",
    "ROL": "roles",
    "MIG": "migrations",
    "CON": "connections",
    "RDS": "instance",
    "PRM": "parameters",
    "BAK": "backup",
    "REP": "replica",
    "MON": "monitoring",
    "NET": "network",
    "SEC": "secrecy",
    "MNT": "maintenance",
    "DRF": "drift",
    "REC": "recovery",
    "AUD": "audit",
}


@dataclass(frozen=True)
class Guarantee:
    """One sentence of the specification, under a permanent id."""

    id: str
    says: str
    area: str
    level: Level
    section: str
    words: str
    remedy: str
    planned: bool = False
    runs: Scope | None = None

    @property
    def scope(self) -> Scope:
        """Which kind of run judges it; follows from the prefix of the id unless the id says otherwise."""
        return self.runs or SCOPE_OF_PREFIX[self.id[:3]]

    @property
    def source(self) -> str:
        """Where the design document promises it: section and words."""
        return f'{self.section}: "{self.words}"'

    def mend(self, instance: str = "") -> str:
        """What mends it, for this instance if it is known."""
        return self.remedy.replace("<instance>", instance or "<instance>")


def _read(path: Path, *, planned: bool) -> dict[str, Guarantee]:
    found: dict[str, Guarantee] = {}
    for key, fields in read(path).items():
        if not re.fullmatch(r"[A-Z]{3}-\d{2}", key) or key[:3] not in SCOPE_OF_PREFIX:
            raise SpecError(f"spec/{path.name}: {key} is not an id such as LED-03")
        if fields.get("level", "core") not in get_args(Level):
            raise SpecError(f"spec/{path.name}: {key}: level is core or hardening")
        try:
            found[key] = Guarantee(id=key, planned=planned, **fields)
        except TypeError as error:
            raise SpecError(f"spec/{path.name}: {key}: {error}") from None
    return found


def load(folder: Path = HERE) -> dict[str, Guarantee]:
    """All guarantees by id, in the order of the files.

    Raises SpecError for a malformed id, level or field, or an id that stands in both files.
    """
    proved = _read(folder / "guarantees.toml", planned=False)
    planned = _read(folder / "planned.toml", planned=True)
    for twice in proved.keys() & planned.keys():
        raise SpecError(f"spec/planned.toml: {twice} stands in guarantees.toml too")
    return proved | planned


def digest(folder: Path = HERE) -> str:
    """SHA-256 over every data file of the specification: names and contents, in name order."""
    total = hashlib.sha256()
    for path in sorted([*folder.glob("*.toml"), *folder.glob("*.md")]):
        total.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


GUARANTEES: Final[dict[str, Guarantee]] = load()
SPEC_SHA256: Final[str] = digest()
