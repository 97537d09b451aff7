"""python -m audit: every hash of a ledger recomputed, every link followed."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final, TextIO

from audit.audit import Result, audit
from audit.findings import MOST
from audit.postgres import Database, SourceError, connect

INTACT, FOUND, UNEXAMINED, INTERRUPTED = 0, 1, 12, 130
_EVERY: Final = 0.5  # seconds between two reports of progress


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m audit",
        description="Recompute every hash of a ledger and follow every link, read only and in one snapshot. "
        "Exit codes: 0 intact, 1 findings, 4 usage, 12 the ledger cannot be examined.",
        epilog="What no audit can see without an earlier one: removed last entries, removed organisations, the visibility.",
    )
    parser.add_argument(
        "source", metavar="DSN", help="postgresql://user@host/amply?sslmode=require; PGPASSWORD is respected"
    )
    parser.add_argument("--most", type=int, default=MOST, metavar="N", help=f"findings shown in full (default: {MOST})")
    parser.add_argument("--json", action="store_true", help="JSON lines, as always when the output is no terminal")
    return parser


class _Progress:
    """Rate and remaining time: a line that is written over on a terminal, JSON lines otherwise."""

    def __init__(self, out: TextIO, total: int, *, as_json: bool) -> None:
        self._out, self._total, self._json = out, total, as_json
        self._begun = self._last = time.monotonic()

    def __call__(self, entries: int) -> None:
        now = time.monotonic()
        if now - self._last < (_EVERY if not self._json else 10 * _EVERY):
            return
        self._last, rate = now, entries / (now - self._begun)
        left = max(self._total - entries, 0) / rate
        if self._json:
            _say(
                self._out,
                {"event": "progress", "entries": entries, "per_second": round(rate), "seconds_left": round(left)},
            )
        else:
            self._out.write(f"\r{entries:,} entries, {rate:,.0f}/s, about {left:,.0f} s left\033[K")
            self._out.flush()


def _say(out: TextIO, content: dict[str, Any]) -> None:
    out.write(json.dumps(content, ensure_ascii=False) + "\n")
    out.flush()


def _inert(text: str) -> str:
    """Without control characters: whoever inserts an entry chooses its id."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


def _shown(result: Result, seconds: float, out: TextIO, *, as_json: bool) -> None:
    counts = dict(sorted(result.findings.counts.items()))
    whole = {
        "entries": result.entries,
        "organisations": len(result.heads),
        "seconds": round(seconds, 1),
        "findings": counts,
    }
    if as_json:
        for finding in result.findings.kept:
            _say(out, {"event": "finding", **finding.as_dict()})
        _say(out, {"event": "result", "intact": result.intact, **whole})
        return
    for finding in result.findings.kept:
        where = _inert(f"{finding.organisation_id} {finding.entry_id}")
        out.write(f"{finding.kind:18} {where}: expected {_inert(finding.expected)}, found {_inert(finding.found)}\n")
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "no findings"
    out.write(
        f"{'intact' if result.intact else 'NOT intact'}: {result.entries:,} entries of {len(result.heads):,} organisations "
        f"in {seconds:.1f} s, {told}\n"
    )


def main(words: Sequence[str] | None = None, out: TextIO = sys.stdout) -> int:
    """The command. Returns the exit code."""
    parser = _parser()
    try:
        given = parser.parse_args(words)
    except SystemExit as ended:
        return 4 if ended.code else 0
    as_json: bool = given.json or not out.isatty()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()
    try:
        with closing(connect(given.source)) as conn:
            source = Database(conn)
            tell: Callable[[int], None] = _Progress(out, source.estimate(), as_json=as_json)
            result = audit(source, most=given.most, tell=tell)
    except SourceError as error:
        sys.stderr.write(f"the ledger cannot be examined: {error}\n")
        return UNEXAMINED
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: nothing was concluded\n")
        return INTERRUPTED
    if not as_json:
        out.write("\r\033[K")
    _shown(result, time.monotonic() - begun, out, as_json=as_json)
    return INTACT if result.intact else FOUND


if __name__ == "__main__":
    sys.exit(main())
