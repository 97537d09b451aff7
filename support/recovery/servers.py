"""Further servers of one run: physical copies of the first one, each in a directory that goes with the run."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Final

from psycopg import sql

from support.binaries import NoServerError, local, run, wheel
from support.guard import Guard
from support.local_server import start
from support.places import server_account
from support.rds_like import DATABASE
from support.recovery.machine import Machine
from support.rundir import new_run_directory
from support.server import Server

_SHOWN: Final = 5  # lines of what a program said
# Of the first server, so that it can be copied, by several processes of a run at once: two senders and a slot for each copy.
STREAMING: Final = {"max_wal_senders": "100", "max_replication_slots": "100", "wal_keep_size": "256MB"}
# As RDS has them, unlike the disposable server: what is proved here is what survives.
DURABLE: Final = {
    **{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "wal_level": "replica"},
    **{"max_wal_senders": "6", "hot_standby": "on", "max_wal_size": "64MB", "shared_buffers": "16MB"},
    "wal_keep_size": "64MB",  # for a replica that has not connected yet
    # What commits without waiting for the log is not saved by chance: nothing else writes the log for a while.
    **{"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"},
}


@dataclass
class Site:
    """A directory of this run with further servers in it; a context manager that leaves nothing.

    Raises NoServerError if the first server is none whose programs and files are on this machine.
    """

    first: Server
    machines: dict[str, Machine] = field(default_factory=dict)

    def __enter__(self) -> "Site":
        if self.first.kind not in ("wheel", "local"):
            raise NoServerError(f"a second server has to be started, which --server {self.first.kind} does not allow")
        self.account = server_account()
        self.binaries = {"wheel": wheel, "local": local}[self.first.kind](self.account)
        self.guard = Guard()
        self.directory, self._lock = new_run_directory(self.guard, self.account)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for machine in self.machines.values():
            machine.stop()
        os.close(self._lock)
        self.guard.close()

    def folder(self, name: str) -> Path:
        """A new directory here that the servers can write to."""
        path = self.directory / name
        path.mkdir(mode=0o700)
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def program(self, name: str, *arguments: str | Path, server: Server | None = None) -> str:
        """Run one of PostgreSQL's programs, against `server` if given. Returns what it said; raises NoServerError."""
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        words = [str(self.binaries.bin / name), *map(str, arguments)]
        if server:
            words += ["-h", server.host, "-p", str(server.port), "-U", server.superuser]
            environment["PGPASSWORD"] = server.passwords[server.superuser]
        try:
            done = run(words, self.account, env=environment)
        except OSError as error:
            raise NoServerError(f"{words[0]} cannot be run: {error.strerror}") from None
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["without a word"]
            raise NoServerError(f"{name} failed: {'; '.join(said[-_SHOWN:])}")
        return done.stdout + done.stderr

    def base_backup(self, server: Server, name: str, *, standby: bool = False) -> Path:
        """A base backup of `server` in the new directory `name`; `standby`: to be started as one. Raises NoServerError."""
        target = self.directory / name
        words: list[str | Path] = [
            "-D",
            target,
            "--checkpoint=fast",
            "--no-sync",
            "--wal-method=stream",
            *(["-R"] if standby else []),
        ]
        self.program("pg_basebackup", *words, server=server)
        return target

    def copy(self, source: Path, name: str) -> Path:
        """A copy of a directory here, under a new name: what restoring a backup is. Raises NoServerError."""
        done = run(["cp", "-a", str(source), str(self.directory / name)], self.account)
        if done.returncode:
            raise NoServerError(f"{source.name} cannot be copied: {done.stderr.strip()}")
        return self.directory / name

    def signal(self, data: Path, name: str) -> None:
        """Put an empty file into a data directory, such as recovery.signal."""
        file = data / name
        file.touch(mode=0o600)
        if self.account:
            os.chown(file, self.account.uid, self.account.gid)

    def start(self, name: str, data: Path, settings: Mapping[str, str]) -> Machine:
        """Start a server on `data`, with `settings` over DURABLE; wait until it answers. Raises NoServerError."""
        machine = self.machines.get(name)
        sockets = self.directory / f"{name}.at"
        if machine is None:
            self.folder(sockets.name)
            server = replace(self.first, host=str(sockets), port=5432, loopback=False)
            machine = self.machines[name] = Machine(name, data, server, {**DURABLE, **settings})
        self.again(machine)
        return machine

    def again(self, machine: Machine) -> None:
        """Start a machine that was killed or stopped. Raises NoServerError."""
        password = self.first.passwords[self.first.superuser]
        sockets = Path(machine.server.host)
        machine.running = start(
            self.binaries, machine.data, sockets, self.account, self.guard, password, machine.settings
        )

    def primary(self, name: str = "primary", settings: Mapping[str, str] | None = None) -> Machine:
        """A copy of the first server, candidate and all, that runs durably. Raises NoServerError."""
        machine = self.start(name, self.base_backup(self.first, f"{name}.data"), settings or {})
        query = "SELECT datname FROM pg_catalog.pg_database WHERE NOT datistemplate AND datname NOT IN (%s, 'postgres')"
        for (other,) in machine.admin.execute(
            query, [DATABASE]
        ).fetchall():  # clones for other tests: every copy would be larger
            machine.admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(other)))
        return machine

    def lose(self, machine: Machine) -> None:
        """The disaster: the server is killed and its data directory is gone."""
        machine.kill()
        shutil.rmtree(machine.data)
