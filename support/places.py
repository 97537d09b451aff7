"""Where the suite keeps things on this machine, and the account its servers run as."""

import os
import pwd
import tempfile
from dataclasses import dataclass
from pathlib import Path

NAME = "amply-compliance"
MEMORY = Path("/dev/shm")  # noqa: S108  # checked for its owner like every other place
ROOM_IN_MEMORY = 2 << 30  # bytes; a run takes 0.3 GB
LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107, the rest is for the socket's own suffix


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine: PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """The account that servers run as: None (ourselves) unless we are root.

    Raises LookupError if we are root and the machine has neither `postgres` nor `nobody`.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise LookupError("running as root, and there is no account postgres or nobody to run a server as")


def _candidates() -> list[Path]:
    if chosen := os.environ.get("AMPLY_CACHE_DIR"):
        return [Path(chosen)]
    private = Path(tempfile.gettempdir()) / f"{NAME}-{os.geteuid()}"
    if os.geteuid() == 0:  # root's home is closed to the account the server runs as
        return [Path("/var/cache") / NAME, private]
    return [Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / NAME, private]


def cache_root() -> Path:
    """The suite's cache directory, made if need be: $AMPLY_CACHE_DIR, else the user's cache, else below the temp directory.

    Raises OSError if none of them can be made, or one belongs to somebody else.
    """
    problem: OSError | None = None
    for path in _candidates():
        try:
            path.mkdir(mode=0o755, parents=True, exist_ok=True)
            if path.stat().st_uid != os.geteuid():
                raise PermissionError(f"{path} belongs to another user")
            if not os.access(path, os.W_OK | os.X_OK):
                raise PermissionError(f"{path} is not writable")
        except OSError as error:
            problem = error
            continue
        return path
    assert problem is not None
    raise PermissionError(f"no cache can be kept in {path}: {problem.strerror or problem}; set AMPLY_CACHE_DIR")


def _memory_has_room() -> bool:
    try:
        space = os.statvfs(MEMORY)
    except OSError:
        return False
    return space.f_bavail * space.f_frsize >= ROOM_IN_MEMORY and os.access(MEMORY, os.W_OK | os.X_OK)


def run_root() -> Path:
    """Where running servers have their directories: short enough for a Unix socket below it.

    In memory where the machine has room there (a fresh directory tree on disk costs up to a second), else in the cache.
    """
    below_temp = Path(tempfile.gettempdir()) / f"{NAME}-{os.geteuid()}" / "run"
    if "AMPLY_CACHE_DIR" in os.environ:
        root = cache_root() / "run"
    elif _memory_has_room():
        root = MEMORY / f"{NAME}-{os.geteuid()}"
    else:
        root = cache_root() / "run"
    if len(str(root)) > LONGEST_SOCKET_PATH - 40:
        root = below_temp
    root.mkdir(mode=0o755, parents=True, exist_ok=True)
    if root.stat().st_uid != os.geteuid():
        raise PermissionError(f"{root} belongs to another user")
    return root
