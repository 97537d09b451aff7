"""python -m audit: every hash of a ledger recomputed, every link followed."""

import argparse
import gc
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, TextIO

from audit import checkpoint, published
from audit.audit import Result, audit
from audit.checkpoint import Checkpoint, CheckpointError, State
from audit.findings import MOST
from audit.progress import Saved
from audit.shown import Progress, show
from audit.source import Source, SourceError

_EXAMPLE: Final = "postgresql://user@host/amply?sslmode=require"
INTACT, FOUND, USAGE, UNEXAMINED, INTERRUPTED = 0, 1, 4, 12, 130
_EPILOG: Final = """What no audit can see without a checkpoint: removed last entries, removed organisations. What none can see
at all: the visibility. `python -m audit generate` makes ledgers for measurements; docs/audit.md has more."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m audit",
        description="Recompute every hash of a ledger and follow every link, read only and in one snapshot. "
        "Exit codes: 0 intact, 1 findings, 4 usage, 12 the ledger cannot be examined.",
        epilog=_EPILOG,
    )
    add = parser.add_argument
    add("source", metavar="SOURCE", help=f"{_EXAMPLE} (PGPASSWORD is respected), or a "
        "Parquet file or directory, such as RDS exports of a snapshot")  # fmt: skip
    add("--processes", type=_positive, default=1, metavar="N", help="read in N processes, in one snapshot (default: 1)")
    add("--engine", choices=("spark",), help="read Parquet with PySpark, wherever its master is")
    add("--since", type=Path, metavar="FILE", help="hold the chains against this checkpoint of an earlier audit")
    add("--only-new", action="store_true", help="take what --since tells for read; examine what came after it")
    add("--checkpoint", type=Path, metavar="FILE", help="write a checkpoint, if the ledger is intact")
    add("--published", type=Path, metavar="FILE", help="hold number and volume of all entries against Amply's published "
        "checkpoints, as JSON")  # fmt: skip
    add("--resume", type=Path, metavar="FILE", help="keep progress here, and go on from it after a kill")
    add("--most", type=_positive, default=MOST, metavar="N", help=f"findings shown in full (default: {MOST})")
    add("--json", action="store_true", help="JSON lines, as always when the output is no terminal")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def opened(place: str, engine: str | None = None) -> Source:
    """The ledger there. Raises SourceError."""
    if engine == "spark":
        from audit.spark import Cluster  # noqa: PLC0415

        return Cluster(place)
    if Path(place).exists():
        from audit.parquet import Dataset  # noqa: PLC0415  # pyarrow is asked for only where it is needed

        return Dataset(Path(place))
    if not any(sign in place for sign in ("://", "=")):
        raise SourceError(
            f"no such file or directory, and no connection string such as {_EXAMPLE}"
        )  # it may hold a secret
    from audit.postgres import Database, connect  # noqa: PLC0415

    return Database(connect(place), place)


def _taken(result: Result, begun: str) -> bytes:
    states = {
        name: State(head or "", entries, result.volumes.get(name, {})) for name, (head, entries) in result.heads.items()
    }
    return Checkpoint(begun, states).as_bytes()


def _run(given: argparse.Namespace, out: TextIO, *, as_json: bool) -> int:
    begun, moment = time.monotonic(), checkpoint.now()
    since = checkpoint.read(given.since) if given.since else None
    told = published.read(given.published) if given.published else []
    saved = Saved(given.resume) if given.resume else None
    with closing(opened(given.source, given.engine)) as source:
        result = audit(
            source,
            most=given.most,
            tell=Progress(out, source.estimate(), as_json=as_json),
            processes=given.processes,
            since=since,
            only_new=given.only_new,
            volumes=given.checkpoint is not None,
            published=told,
            saved=saved,
        )
    if given.checkpoint and result.intact:
        checkpoint.write(given.checkpoint, _taken(result, moment))
    if saved:
        saved.over()
    if not as_json:
        out.write("\r\033[K")
    show(result, time.monotonic() - begun, out, as_json=as_json)
    if given.checkpoint and not result.intact:
        sys.stderr.write("no checkpoint was written: the ledger is not intact\n")
    return INTACT if result.intact else FOUND


def main(words: Sequence[str] | None = None, out: TextIO = sys.stdout) -> int:
    """The command. Returns the exit code."""
    words = sys.argv[1:] if words is None else words
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gc.disable()  # nothing here refers to itself, and looking for it takes a fifth of the time
    try:
        if words[:1] == ["generate"]:
            from audit.generate_command import run  # noqa: PLC0415

            return run(words[1:], out)
        parser = _parser()
        given = parser.parse_args(words)
        if given.engine and (given.processes > 1 or given.resume):
            parser.error("--engine has its own processes, and no --resume")
        if given.only_new and (not given.since or given.resume or given.engine):
            parser.error("--only-new goes with --since, and with neither --resume nor --engine")
        if given.published and (given.only_new or given.resume):
            parser.error("--published goes with neither --only-new nor --resume: it asks for every entry, once")
        return _run(given, out, as_json=given.json or not out.isatty())
    except SystemExit as ended:
        return USAGE if ended.code else INTACT
    except CheckpointError as error:
        sys.stderr.write(f"python -m audit: {error}\n")
        return USAGE
    except SourceError as error:
        sys.stderr.write(f"the ledger cannot be examined: {error}\n")
        return UNEXAMINED
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: nothing was concluded\n")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FOUND


if __name__ == "__main__":
    sys.exit(main())
