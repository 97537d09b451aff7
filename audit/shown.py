"""What an audit shows: a line with rate and remaining time on a terminal, JSON lines otherwise."""

import json
import time
from typing import Any, Final, TextIO

from audit.audit import Result

_EVERY: Final = 0.5  # seconds between two reports on a terminal; ten times that in JSON


class Progress:
    """Rate and remaining time. `total`: about how many entries there are."""

    def __init__(self, out: TextIO, total: int, *, as_json: bool) -> None:
        self._out, self._total, self._json = out, total, as_json
        self._begun = self._last = time.monotonic()
        self._first: int | None = None  # a resumed audit has read some already

    def __call__(self, entries: int) -> None:
        """Say how many were read, now and then."""
        now = time.monotonic()
        if self._first is None:
            self._first = entries if entries > self._total // 1000 + 100_000 else 0
        if now - self._last < (_EVERY if not self._json else 10 * _EVERY):
            return
        self._last, rate = now, (entries - self._first) / (now - self._begun)
        left = max(self._total - entries, 0) / rate if rate else 0
        if self._json:
            say(
                self._out,
                {"event": "progress", "entries": entries, "per_second": round(rate), "seconds_left": round(left)},
            )
        else:
            self._out.write(f"\r{entries:,} entries, {rate:,.0f}/s, about {left:,.0f} s left\033[K")
            self._out.flush()


def say(out: TextIO, content: dict[str, Any]) -> None:
    """One line of JSON."""
    out.write(json.dumps(content, ensure_ascii=False) + "\n")
    out.flush()


def _inert(text: str) -> str:
    """Without control characters: whoever inserts an entry chooses its id."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


def show(result: Result, seconds: float, out: TextIO, *, as_json: bool) -> None:
    """Findings and result."""
    counts = dict(sorted(result.findings.counts.items()))
    kept = result.findings.kept
    if as_json:
        for finding in kept:
            say(out, {"event": "finding", **finding.as_dict()})
        whole = {
            **{"entries": result.entries, "organisations": len(result.heads), "seconds": round(seconds, 1)},
            **{"findings": counts, "resumed": result.resumed, "only_new": result.only_new},
        }
        say(out, {"event": "result", "intact": result.intact, **whole})
        return
    for finding in kept:
        where = _inert(f"{finding.organisation_id} {finding.entry_id}".strip())
        out.write(f"{finding.kind:19} {where}: expected {_inert(finding.expected)}, found {_inert(finding.found)}\n")
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "no findings"
    new = "new " * result.only_new
    out.write(
        f"{'intact' if result.intact else 'NOT intact'}: {result.entries:,} {new}entries of {len(result.heads):,} "
        f"organisations in {seconds:.1f} s, {told}{', in two snapshots' * result.resumed}\n"
    )
