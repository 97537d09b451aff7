"""The audit in several processes: each takes the next unit, reads it in the shared snapshot, and hands back what it saw."""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

from audit.batch import examine
from audit.part import Part
from audit.progress import Saved
from audit.source import Place, Source, SourceError, Unit

_STEP = 20_000  # entries between two reports


def in_processes(
    source: Source, units: list[Unit], part: Part, processes: int, tell: Callable[[int], None], saved: Saved | None
) -> None:
    """Examine the units, all of them, into `part`. Raises SourceError."""
    place, context = source.place(), multiprocessing.get_context("spawn")
    waiting, busy = [*units], dict[Any, Unit]()
    ended = part.entries
    under_way: dict[Any, int] = {}
    workers = []
    try:
        for _ in range(min(processes, len(units))):
            ours, theirs = context.Pipe()
            worker = context.Process(target=_work, args=(theirs, place, part.another()), daemon=True)
            worker.start()
            theirs.close()
            workers.append((worker, ours))
            busy[ours] = waiting.pop(0)
            ours.send(busy[ours])
        while busy:
            for pipe in _ready(busy):
                what, content = _received(pipe)
                if what == "entries":
                    under_way[pipe] = content
                elif what == "failed":
                    raise SourceError(content)
                else:
                    part.merge(content)
                    ended, under_way[pipe] = part.entries, 0
                    if saved:
                        saved.done([busy[pipe]], part)
                    del busy[pipe]
                    if waiting:
                        busy[pipe] = waiting.pop(0)
                        pipe.send(busy[pipe])
                tell(ended + sum(under_way.values()))
    finally:
        for worker, ours in workers:
            ours.close()
            worker.terminate()
        for worker, _ in workers:
            worker.join()


def _ready(pipes: dict[Any, Unit]) -> list[Any]:
    return [*wait([*pipes])]


def _received(pipe: Any) -> tuple[str, Any]:
    try:
        what, content = pipe.recv()
    except (EOFError, OSError):
        raise SourceError("a process of the audit died") from None
    return what, content


def _work(pipe: "Connection[Any, Any]", place: Place, kind: Part) -> None:
    """A worker: units come, parts go, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches whoever waits for us, and that ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # nothing here refers to itself, and looking for it takes a fifth
    try:
        source = place.open()
        while True:
            try:
                unit = pipe.recv()
            except EOFError:
                return
            part, told = kind.another(), 0
            for batch in source.batches(unit):
                examine(batch, part)
                if part.entries - told >= _STEP:
                    told = part.entries
                    pipe.send(("entries", told))
            pipe.send(("part", part.as_dict()))
    except SourceError as error:
        pipe.send(("failed", str(error)))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
