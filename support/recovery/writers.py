"""The application at work: concurrent appends, and a record of what the server acknowledged, on this side of the wire."""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final

import psycopg

from spec import APP, TABLES, TENANCY
from support.ledger import LOCK, Entry, append, new_entry
from support.rds_like import DATABASE
from support.refusals import BrokenError, said
from support.server import Server

Connection = psycopg.Connection[Any]
_PATIENCE: Final = 20.0  # seconds without a single acknowledgement
_HEAD: Final = f"""SELECT e.entry_hash, e.created_at FROM public.{TABLES.ledger} e WHERE e.organisation_id = %s AND NOT EXISTS
    (SELECT FROM public.{TABLES.ledger} n WHERE n.organisation_id = %s AND n.prev_entry_hash = e.entry_hash)"""


@dataclass
class Attempt:
    """A transaction that appends entries, as its client saw it; times in seconds since 1970.

    `sent`: just before COMMIT left, None if it never did. `acknowledged`: just after the server's answer to it, None if there
    was none. A transaction with the first and without the second is in doubt: it may be there or not.
    """

    entries: tuple[Entry, ...]
    sent: float | None = None
    acknowledged: float | None = None

    @property
    def in_doubt(self) -> bool:
        return self.sent is not None and self.acknowledged is None


@dataclass
class Writers:
    """Sessions of the application that append until the server goes or the context is left.

    `organisations`: one session for each of these ids; the same id twice makes two that compete for one chain. Every third
    transaction appends two entries, every fifth is rolled back.
    """

    server: Server
    organisations: Iterable[str]
    attempts: list[Attempt] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._news = threading.Condition()
        self._over = False
        self._threads = [
            threading.Thread(target=self._work, args=(one, number), daemon=True)
            for number, one in enumerate(self.organisations)
        ]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def acknowledged(self) -> list[Attempt]:
        """What the server said yes to, so far."""
        return [attempt for attempt in self.attempts if attempt.acknowledged is not None]

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition that acknowledgements bring about. Raises BrokenError if none come."""
        with self._news:
            while not condition():
                if not any(thread.is_alive() for thread in self._threads) or not self._news.wait(_PATIENCE):
                    raise BrokenError(f"the application cannot append: {(self.refusals or ['no answer'])[-1]}")

    def more(self, number: int) -> None:
        """Wait for that many more acknowledgements. Raises BrokenError if they do not come."""
        wanted = len(self.acknowledged()) + number
        self.until(lambda: len(self.acknowledged()) >= wanted)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let each session finish what it is at, and wait for it."""
        self._over = True
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _work(self, organisation: str, number: int) -> None:
        try:
            with closing(self.server.connect(APP, DATABASE)) as conn:
                while not self._over:
                    number += 1
                    self._append(conn, organisation, number)
        except psycopg.Error as error:  # the server is gone, which is what it is there for, or refuses
            self.refusals.append(said(error))
        finally:
            with self._news:
                self._news.notify_all()

    def _append(self, conn: Connection, organisation: str, number: int) -> None:
        """One transaction, in the order that the public data model gives: lock, head, entry."""
        conn.execute("BEGIN")
        conn.execute("SELECT set_config(%s, %s, true)", [TENANCY.setting, organisation])
        conn.execute(LOCK.format(organisation).encode())
        row = conn.execute(_HEAD.encode(), [organisation, organisation]).fetchone()
        link, moment = (row[0], row[1]) if row else (None, datetime.now(UTC))
        entries: tuple[Entry, ...] = ()
        for _ in range(2 if number % 3 == 0 else 1):
            moment += timedelta(seconds=1)
            entries += (new_entry(organisation, link, created_at=moment, metadata={"number": number}),)
            link = entries[-1].entry_hash
        attempt = Attempt(entries)
        self.attempts.append(attempt)
        for entry in entries:
            append(conn, entry)
        if number % 5 == 0:
            conn.execute("ROLLBACK")
            return
        attempt.sent = time.time()
        conn.execute("COMMIT")
        with self._news:
            attempt.acknowledged = time.time()
            self._news.notify_all()
