"""Start a PostgreSQL from its programs, with durability off."""

import os
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from support.binaries import Binaries, NoServerError
from support.guard import Guard, end_process
from support.places import Account
from support.rds_like import PARAMETERS
from support.server import SUPERUSER

# A disposable server: durability off, nothing in the background that could change a measurement.
SPEED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "listen_addresses": "",
    "lc_messages": "C",
    "log_timezone": "GMT",  # known without the machine's time zone files
    "timezone": "GMT",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "shared_buffers": "128MB",
    "max_wal_senders": "0",
    "dynamic_shared_memory_type": "mmap",  # in the data directory: gone with it, whatever happens
}
START_SECONDS = 30


def on_loopback() -> dict[str, str]:
    """Settings of a server that listens on 127.0.0.1 too, on a free port: some clients know no socket directories."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return {"listen_addresses": "127.0.0.1", "port": str(probe.getsockname()[1])}


@dataclass
class Running:
    """A server process and its log."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int

    def stop(self) -> None:
        end_process(self.process.pid)
        self.process.wait()


def start(
    binaries: Binaries,
    data: Path,
    sockets: Path,
    account: Account | None,
    guard: Guard,
    password: str,
    settings: Mapping[str, str] | None = None,
) -> Running:
    """Start `data`, listening on a Unix socket in the directory `sockets`, with `settings` over ours; wait until it answers.

    Raises NoServerError with the end of its log if it does not.
    """
    settings = {**PARAMETERS, **SPEED, "port": "5432", "unix_socket_directories": str(sockets), **(settings or {})}
    port = int(settings["port"])
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = sockets / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(binaries.bin / "postgres"), "-D", str(data), *options],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C is for us; we end the server
            cwd="/",
            env={**{name: value for name, value in os.environ.items() if not name.startswith("PG")}, "LC_ALL": "C"},
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    guard.owns_process(process.pid)
    for _ in range(START_SECONDS * 100):
        try:
            psycopg.connect(host=str(sockets), port=port, user=SUPERUSER, password=password, dbname="postgres").close()
        except psycopg.OperationalError:
            try:
                process.wait(0.01)
            except subprocess.TimeoutExpired:
                continue
            raise NoServerError(f"{binaries.bin}/postgres ended at once: {_last_line(log)}") from None
        return Running(process, log, port)
    process.kill()
    process.wait()
    raise NoServerError(f"{binaries.bin}/postgres did not answer within {START_SECONDS} s: {_last_line(log)}")


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    fatal = [line for line in lines if ("FATAL" in line and "the database system is" not in line) or "PANIC" in line]
    return (fatal or lines or ["it said nothing"])[-1]
