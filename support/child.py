"""Child processes that end with the run: whoever waits for one in a thread is told when the run is over."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_running: Final[set[subprocess.Popen[str]]] = set()
_lock: Final = threading.Lock()
_over = threading.Event()


class RunIsOverError(Exception):
    """The run ended while a child process was at work."""


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    seconds: float,
    own: Callable[[int], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program in a session of its own, its output captured as UTF-8, without standard input.

    `own` is told its process id, so that somebody else can end it if we are killed.
    Raises OSError if it cannot be started, subprocess.TimeoutExpired after `seconds`, RunIsOverError after `end_all`.
    """
    with _lock:
        if _over.is_set():
            raise RunIsOverError
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            encoding="utf-8", errors="replace", start_new_session=True,
        )  # fmt: skip
        _running.add(process)
    if own:
        own(process.pid)
    try:
        with process:
            try:
                out, err = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                _end(process)
                raise
    finally:
        with _lock:
            _running.discard(process)
    if _over.is_set():
        raise RunIsOverError
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def end_all() -> None:
    """End the children and whatever they started; later ones are not started any more."""
    with _lock:
        _over.set()
        processes = [*_running]
    for process in processes:
        _end(process)
