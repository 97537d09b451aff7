"""A private directory per run, held by a lock, and the removal of what killed runs left behind."""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from support.guard import Guard, alive, end_process
from support.places import Account, run_root


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file `path` exclusively; wait for whoever holds it."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _is_free(lock: Path) -> bool:
    try:
        with lock.open("r") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return not lock.exists()
    return True


def running_in(directory: Path) -> int | None:
    """The server that still runs in `directory`, if one does."""
    for file in directory.glob("*/postmaster.pid"):
        try:
            pid = int(file.read_text().split("\n", 1)[0])
            if alive(pid) and Path(f"/proc/{pid}/cwd").readlink() == file.parent:
                return pid
        except (OSError, ValueError):
            continue
    return None


def remove_leftovers() -> list[Path]:
    """Remove the directories, and end the servers, of runs that are gone without their guard. Returns what was removed."""
    removed: list[Path] = []
    try:
        directories = [path for path in run_root().iterdir() if path.is_dir()]
    except FileNotFoundError:
        return removed  # the last run before us has just taken the empty root away
    for directory in directories:
        lock = directory.with_name(directory.name + ".lock")
        if not _is_free(lock):
            continue
        while pid := running_in(directory):
            end_process(pid)
        shutil.rmtree(directory, ignore_errors=True)
        lock.unlink(missing_ok=True)
        removed.append(directory)
    return removed


def new_run_directory(guard: Guard, account: Account | None) -> tuple[Path, int]:
    """A fresh directory (mode 700, owned by `account`), and the descriptor of its lock, to be kept open."""
    while True:
        directory = run_root() / secrets.token_hex(4)
        try:
            lock = os.open(directory.with_name(directory.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
            break
        except FileNotFoundError:
            continue  # the last run before us has just taken the empty root away
    fcntl.flock(lock, fcntl.LOCK_EX)
    guard.owns_directory(directory)
    directory.mkdir(mode=0o700)
    if account:
        os.chown(directory, account.uid, account.gid)
    return directory, lock
