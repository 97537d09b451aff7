"""`python -m audit generate TARGET`: a ledger for measurements."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from audit.entry import Entry
from audit.generate import generated, realistic
from audit.shown import Progress, say

REFUSED = 4
_TOLD = 10_000  # entries between two reports


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m audit generate",
        description="Write an honest ledger: one organisation holds a third of it, metadata as people write it. "
        "Exit codes: 0 written, 4 usage, or a target that is not disposable; 12 it cannot be written.",
    )
    add = parser.add_argument
    add(
        "target",
        metavar="TARGET",
        help="an empty database on this machine (postgresql://...), or a new directory for Parquet",
    )
    add("--entries", type=int, default=1_000_000, metavar="N", help="(default: 1000000)")
    add("--organisations", type=int, default=1000, metavar="N", help="(default: 1000)")
    add("--seed", type=int, default=0, metavar="N", help="the same ledger for the same seed (default: 0)")
    return parser


class RefusedError(Exception):
    """The target is not disposable; the message says in one line why."""


def _told(entries: Iterator[Entry], tell: Callable[[int], None]) -> Iterator[Entry]:
    for number, entry in enumerate(entries, 1):
        if number % _TOLD == 0:
            tell(number)
        yield entry


def run(words: Sequence[str], out: TextIO) -> int:
    """The command. Returns the exit code. Raises SystemExit, SourceError."""
    parser = _parser()
    given = parser.parse_args(words)
    if given.entries < 1 or given.organisations < 1:
        parser.error("a ledger has entries and organisations")
    as_json = not out.isatty()
    rows = generated(given.entries, given.organisations, seed=given.seed, metadata=realistic)
    rows = _told(rows, Progress(out, given.entries, as_json=as_json))
    try:
        if "://" in given.target or "=" in given.target:
            from audit.generate_database import fill  # noqa: PLC0415

            fill(given.target, rows, given.organisations)
        else:
            from audit.generate_parquet import fill as write  # noqa: PLC0415

            write(Path(given.target), rows)
    except RefusedError as error:
        sys.stderr.write(f"python -m audit generate: {error}\n")
        return REFUSED
    if as_json:
        say(out, {"event": "written", "entries": given.entries})
    else:
        out.write(f"\r\033[K{given.entries:,} entries written\n")
    return 0
