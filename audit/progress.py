"""Progress that outlives a kill: which parts of a ledger were examined, and what was seen there.

A snapshot ends with its session. What goes on after a kill sees a later one: each entry that was there when the audit first
began is examined, once, as it was in one of the two; of those that came since, some. An organisation that looks broken because
of them is examined again as a whole, in the later snapshot.
"""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from audit.checkpoint import write
from audit.part import Part
from audit.source import Source, SourceError, Unit

FORMAT: Final = "amply-audit-progress/1"
_EVERY: Final = 10.0  # seconds between two writings


class Saved:
    """A file with the progress of an audit; it is gone when the audit has ended."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic, every: float = _EVERY) -> None:
        self.path, self._clock, self._interval = path, clock, every
        self._of: dict[str, Any] = {}
        self._left: list[Unit] = []
        self._last = clock()

    def begin(self, source: Source, units: list[Unit], part: Part) -> tuple[list[Unit], bool]:
        """What is left to examine, with `part` as it was before; and whether anything was. Raises SourceError."""
        cuts = hashlib.sha256(repr(sorted(part.cuts.items())).encode()).hexdigest()
        self._of = {
            **{"format": FORMAT, "source": source.fingerprint(), "since": cuts},
            **{"volumes": part.with_volumes, "most": part.findings.most},
        }
        if not self.path.exists():
            self._left = units
            return units, False
        try:
            data = json.loads(self.path.read_bytes())
            same = {name: data[name] for name in self._of} == self._of
            self._left = [tuple(unit) for unit in data["left"]]
            if same:
                part.merge(data["part"])
        except (OSError, ValueError, KeyError, TypeError):
            raise SourceError(f"{self.path} holds no progress of an audit; remove it to begin anew") from None
        if not same:
            raise SourceError(
                f"{self.path} is of another ledger, or was begun with other options; remove it to begin anew"
            )
        return self._left, True

    def done(self, units: list[Unit], part: Part) -> None:
        """These units are in `part`. Written now and then."""
        self._left = [unit for unit in self._left if unit not in units]
        if self._clock() - self._last >= self._interval:
            write(self.path, json.dumps({**self._of, "left": self._left, "part": part.as_dict()}).encode())
            self._last = self._clock()

    def over(self) -> None:
        """The audit has ended."""
        self.path.unlink(missing_ok=True)
