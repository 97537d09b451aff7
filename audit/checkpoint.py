"""Checkpoints: the head, the number of entries and the volume of each chain, as an audit saw them.

The head's hash covers every entry before it: a chain that still has that head after as many entries has the same content, as
long as each hash is that of its entry. Volumes are written for whoever compares them with published figures.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from audit.findings import Finding
from audit.source import SourceError

FORMAT: Final = "amply-audit-checkpoint/1"


class CheckpointError(Exception):
    """No usable checkpoint; the message is one line."""


@dataclass(frozen=True)
class State:
    """An organisation's chain: hash of its last entry, number of entries, sum of amounts in minor units by currency."""

    head: str
    entries: int
    volume: dict[str, int]


@dataclass(frozen=True)
class Checkpoint:
    """What an audit saw. `taken`: when it began, in UTC."""

    taken: str
    organisations: dict[str, State]

    @property
    def cuts(self) -> dict[bytes, bytes]:
        """The recorded heads, for the linker."""
        return {name.encode(): state.head.encode() for name, state in self.organisations.items()}

    @property
    def entries(self) -> int:
        """Of all organisations."""
        return sum(state.entries for state in self.organisations.values())

    def as_bytes(self) -> bytes:
        """As it stands in the file: sorted, one organisation a line, the same for the same state."""
        rows = (
            f"  {json.dumps(name, ensure_ascii=False)}: "
            + json.dumps({"head": one.head, "entries": one.entries, "volume": dict(sorted(one.volume.items()))})
            for name, one in sorted(self.organisations.items())
        )
        top = f'{{"format": "{FORMAT}", "taken": "{self.taken}", "entries": {self.entries}, "organisations": {{\n'
        return (top + ",\n".join(rows) + "\n}}\n").encode()


def now() -> str:
    """This moment, as checkpoints write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(path: Path) -> Checkpoint:
    """A checkpoint from a file. Raises CheckpointError."""
    try:
        data: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise CheckpointError(f"{path}: {error.strerror}") from None
    except ValueError:
        raise CheckpointError(f"{path}: no JSON") from None
    try:
        if data["format"] != FORMAT:
            raise CheckpointError(f"{path}: its format is {str(data['format'])[:80]}, not {FORMAT}")
        states = {
            str(name): State(str(one["head"]), int(one["entries"]), dict(one["volume"]))
            for name, one in data["organisations"].items()
        }
        found = Checkpoint(str(data["taken"]), states)
        if found.as_bytes() != path.read_bytes():
            raise CheckpointError(f"{path}: not written as the audit writes it")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise CheckpointError(f"{path}: no checkpoint of this suite") from None
    return found


def write(path: Path, content: bytes) -> None:
    """Whole or not at all. Raises SourceError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)


def compared(recorded: Checkpoint, found: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
    """A finding for each organisation whose chain does not hold the recorded head after the recorded number of entries.

    `found`: by organisation, how many entries lead to the recorded head, and how many there are.
    """
    for name, state in sorted(recorded.organisations.items()):
        until, entries = found.get(name, (0, 0))
        if until == state.entries:
            continue
        what = f"that head after {until} entries" if until else f"{entries} entries, which do not lead to that head"
        yield Finding(name, "", "checkpoint_mismatch", f"the head {state.head} after {state.entries} entries", what)
