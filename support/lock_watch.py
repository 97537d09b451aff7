"""How long appends are kept out: by whoever holds a lock that an append waits for, looked at twenty times a second."""

import time
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

from spec import TABLES
from support.rds_like import DATABASE
from support.server import Server

_EVERY: Final = 0.05  # seconds
# An append takes ROW EXCLUSIVE on the ledger, and ROW SHARE on the tables that its foreign keys look into.
_HELD: Final = f"""SELECT DISTINCT pid FROM pg_catalog.pg_locks l
    WHERE granted AND locktype = 'relation' AND pid <> pg_catalog.pg_backend_pid()
    AND (mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            AND relation IN (SELECT pg_catalog.to_regclass('public.{TABLES.ledger}')::oid UNION SELECT inhrelid
                FROM pg_catalog.pg_inherits WHERE inhparent = pg_catalog.to_regclass('public.{TABLES.ledger}'))
        OR mode IN ('ExclusiveLock', 'AccessExclusiveLock') AND relation IN (SELECT confrelid
            FROM pg_catalog.pg_constraint WHERE contype = 'f'
            AND conrelid = pg_catalog.to_regclass('public.{TABLES.ledger}')))"""


class LockWatch(Thread):
    """Looks from its beginning to its end; `longest` is what one session kept appends out for at a stretch, in seconds."""

    def __init__(self, server: Server) -> None:
        super().__init__(name="lock-watch", daemon=True)
        self._conn = server.connect(server.superuser, DATABASE)
        self._over = Event()
        self._since: dict[int, float] = {}
        self.longest = 0.0

    def run(self) -> None:
        while not self._over.wait(_EVERY):
            held, now = {pid for (pid,) in self._conn.execute(_HELD.encode()).fetchall()}, time.monotonic()
            self._since = {pid: self._since.get(pid, now) for pid in held}
            self.longest = max([self.longest, *(now - since for since in self._since.values())])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.join()
        self._conn.close()
