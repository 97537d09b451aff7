"""A further server of a run: its process, the sessions that we have there, and its violent ends."""

import ctypes
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from spec import TENANCY
from support.guard import alive
from support.ledger import Organisation
from support.local_server import Running
from support.rds_like import DATABASE
from support.refusals import BrokenError
from support.server import LIMITS, Server

Connection = psycopg.Connection[Any]
_IPC_RMID: Final = 0


def _last_line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[-1]


@dataclass
class Machine:
    """A server with a name, the place of its data, and the process while there is one."""

    name: str
    data: Path
    server: Server
    settings: dict[str, str]
    running: Running | None = None
    _sessions: list[Connection] = field(default_factory=list)
    _admin: Connection | None = None

    def session(self, role: str, organisation: Organisation | None = None, *, plain: bool = False) -> Connection:
        """A real login to the candidate's database, in autocommit, working for `organisation` if one is given.

        One that begins read only is made to write (a habit, no protection), unless it is to be `plain`. It is closed with
        the machine. Raises BrokenError if the candidate has no such role, or it cannot log in.
        """
        if role not in self.server.passwords:
            raise BrokenError(f"the candidate creates no role {role}")
        try:
            conn = self.server.connect(role, DATABASE)
        except psycopg.OperationalError as error:
            raise BrokenError(f"{role} cannot log in to the {self.name}: {_last_line(error)}") from None
        self._sessions.append(conn)
        conn.execute(LIMITS)
        if not plain and conn.info.parameter_status("default_transaction_read_only") == "on":
            conn.execute("SET default_transaction_read_only = off")
        if organisation is not None:
            conn.execute("SELECT set_config(%s, %s, false)", [TENANCY.setting, organisation.id])
        return conn

    @property
    def admin(self) -> Connection:
        """The superuser, for arranging and looking; one connection while the server runs."""
        if self._admin is None or self._admin.closed:
            self._admin = self.session(self.server.superuser)
        return self._admin

    def _close(self) -> None:
        while self._sessions:
            self._sessions.pop().close()

    def backends(self) -> list[int]:
        """The processes that the server has forked, and that still run."""
        assert self.running is not None
        files = Path(f"/proc/{self.running.process.pid}/task").glob("*/children")
        return [int(pid) for file in files for pid in file.read_text().split()]

    def kill(self, *, all_of_it: bool = True) -> None:
        """SIGKILL the postmaster, and with `all_of_it` its backends first; wait until every one of them is gone."""
        assert self.running is not None
        self._give_memory_back()
        children, postmaster = self.backends(), self.running.process
        for pid in [postmaster.pid, *(children if all_of_it else ())]:
            os.kill(pid, signal.SIGKILL)
        postmaster.wait()
        self._close()
        while any(alive(pid) for pid in children):
            os.sched_yield()  # not our children: there is nothing to wait on
        self.running = None

    def kill_a_backend(self) -> None:
        """SIGKILL one backend that serves a client, and wait until the sessions of all of them are over."""
        with self.server.connect(self.server.superuser, DATABASE) as conn:
            query = """SELECT pid FROM pg_catalog.pg_stat_activity
                       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY backend_start DESC"""
            row = conn.execute(query.encode()).fetchone()
            others = self.backends()
            assert row is not None
            os.kill(row[0], signal.SIGKILL)
        while any(alive(pid) for pid in others):
            os.sched_yield()
        self._close()

    def _give_memory_back(self) -> None:
        """Mark the server's segment of shared memory, so that it goes with its last process: SIGKILL would leave it."""
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        if len(lines) > 6 and lines[6].split()[1:]:
            ctypes.CDLL(None).shmctl(int(lines[6].split()[1]), _IPC_RMID, None)

    def stop(self) -> None:
        """End it, if it runs: an immediate shutdown."""
        self._close()
        if self.running:
            self.running.stop()
            self.running = None
