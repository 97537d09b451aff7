"""A server of our own that is shut down and started again, as it was started."""

import os
import shlex
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from spec import APP
from support.acquire import Lease
from support.guard import alive
from support.operations_server import acquire_for_operations, log_of
from support.places import server_account
from support.rds_like import DATABASE, set_password
from support.refusals import BrokenError
from support.server import Server
from support.waiting import until

_SECONDS = 30.0


@dataclass(frozen=True)
class Restartable:
    """A server with the application's role and an empty database. `database`: its name."""

    lease: Lease
    database: str = DATABASE

    @property
    def server(self) -> Server:
        return self.lease.server

    def _answers(self) -> bool:
        try:
            self.server.connect(self.server.superuser, self.database).close()
        except psycopg.OperationalError:
            return False
        return True

    def restart(self) -> None:
        """Shut it down as an operator does (fast), start it again, and wait until it answers. Raises BrokenError."""
        data, account = Path(self.server.host) / "data", server_account()
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = shlex.split((data / "postmaster.opts").read_text())
        os.kill(pid, signal.SIGINT)
        if until(lambda: alive(pid), lambda running: not running, _SECONDS):
            raise RuntimeError("the server did not shut down")
        with log_of(self.server).open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env={**{name: value for name, value in os.environ.items() if name[:2] != "PG"}, "LC_ALL": "C"},
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        self.lease.guard.owns_process(process.pid)
        self.lease.also(process)
        if not until(self._answers, bool, _SECONDS):
            raise RuntimeError("the server did not answer after its restart")


def restartable(choice: str, like: Server) -> Restartable:
    """Start one where `--server` says, with the certificate and the application's password of `like`. Raises NoServerError."""
    if APP not in like.passwords:
        raise BrokenError(f"the candidate creates no role {APP}")
    lease = acquire_for_operations(choice, like=like)
    try:
        with lease.server.connect(lease.server.superuser, DATABASE) as admin:
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP)))
            set_password(admin, APP, like.passwords[APP])
    except BaseException:
        lease.close()
        raise
    return Restartable(lease)
