"""Named sessions, explicit steps: run a statement until it is done or blocked, without sleeping."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]
PATIENCE = 20.0  # seconds until a step that is neither done nor blocked counts as hung


class Step:
    """A statement under way in a session of its own thread."""

    def __init__(self, conn: Connection, act: Callable[[Connection], object]) -> None:
        self._pid = conn.info.backend_pid
        self._done = threading.Event()
        self.error: psycopg.Error | None = None
        self._unexpected: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(conn, act), daemon=True)
        self._thread.start()

    def _run(self, conn: Connection, act: Callable[[Connection], object]) -> None:
        try:
            act(conn)
        except psycopg.Error as error:
            self.error = error
        except BaseException as error:  # handed to whoever waits
            self._unexpected = error
        finally:
            self._done.set()

    @property
    def done(self) -> bool:
        return self._done.is_set()

    def settle(self, observer: Connection) -> bool:
        """Wait until the step is done (True) or waits for another session's lock (False)."""
        query = "SELECT cardinality(pg_catalog.pg_blocking_pids(%s)) > 0"
        for _ in range(int(PATIENCE / 0.0005)):
            if self._done.wait(0.0005):
                break
            if observer.execute(query, [self._pid]).fetchone() == (True,):
                return self.done
        else:
            raise TimeoutError(f"a statement was neither done nor blocked within {PATIENCE} s")
        return self.finish()

    def finish(self) -> bool:
        """Wait until the step is done. Raises what was not a refusal of the server."""
        if not self._done.wait(PATIENCE):
            raise TimeoutError(f"a statement did not end within {PATIENCE} s")
        self._thread.join()
        if self._unexpected:
            raise self._unexpected
        return True


def begin(conn: Connection, isolation: str = "READ COMMITTED") -> None:
    """BEGIN at this level; at the higher levels the snapshot is taken now."""
    conn.execute(f"BEGIN ISOLATION LEVEL {isolation}".encode())
    conn.execute("SELECT 1")


def commit(conn: Connection, step: Step) -> psycopg.Error | None:
    """COMMIT what the step did, or roll back what it failed at. Returns the refusal, wherever it came."""
    step.finish()
    if step.error:
        conn.execute("ROLLBACK")
        return step.error
    try:
        conn.execute("COMMIT")
    except psycopg.Error as error:
        conn.execute("ROLLBACK")
        return error
    return None
