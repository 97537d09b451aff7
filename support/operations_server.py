"""The server of `-m operations`: of our own programs, on loopback behind TLS, with autovacuum at work and a log to read."""

from pathlib import Path
from typing import Final

from support.acquire import Lease, acquire
from support.binaries import NoServerError
from support.local_server import on_loopback
from support.recovery.servers import STREAMING
from support.server import Server
from support.tls import force_tls

SOURCES: Final = ("auto", "wheel", "local")
SETTINGS: Final = {"autovacuum": "on", "log_connections": "on", **STREAMING}


def log_of(server: Server) -> Path:
    """The server's log."""
    return Path(server.host) / "server.log"


def acquire_for_operations(choice: str, like: Server | None = None) -> Lease:
    """A server of this machine's programs (`choice`: auto, wheel or local), with the certificate of `like` if that is given.

    Raises NoServerError, in one line.
    """
    reasons = []
    for source in ("wheel", "local") if choice == "auto" else (choice,):
        try:
            lease = acquire(source, settings={**on_loopback(), **SETTINGS})
        except NoServerError as error:
            reasons.append(f"{source}: {error}")
            continue
        try:
            force_tls(lease.server, like)
        except BaseException:
            lease.close()
            raise
        return lease
    raise NoServerError("; ".join(reasons))
