"""A clock that can be set forward, and an event loop that counts what it is asked for."""

import asyncio
import time
from collections.abc import Callable
from typing import Any


class Clock:
    """The clock of this process: time.time and time.monotonic, in seconds and in nanoseconds. datetime.now is not moved."""

    def __init__(self) -> None:
        self.ahead = 0  # seconds
        self.true = time.monotonic
        for name, unit in (("time", 1), ("monotonic", 1), ("time_ns", 10**9), ("monotonic_ns", 10**9)):
            setattr(time, name, self._moved(getattr(time, name), unit))

    def _moved(self, original: Callable[[], Any], unit: int) -> Callable[[], Any]:
        return lambda: original() + self.ahead * unit


class Loop(asyncio.SelectorEventLoop):
    """Counts what it is asked for outside the process: connections, sockets to watch, threads. Its clock is the process's."""

    asked = 0

    async def create_connection(self, *args: Any, **kwargs: Any) -> Any:
        self.asked += kwargs.get("sock") is None
        return await super().create_connection(*args, **kwargs)

    def add_reader(self, *args: Any) -> None:  # type: ignore[override]
        self.asked += 1
        super().add_reader(*args)

    def add_writer(self, *args: Any) -> None:  # type: ignore[override]
        self.asked += 1
        super().add_writer(*args)

    def run_in_executor(self, *args: Any) -> Any:  # type: ignore[override]
        self.asked += 1
        return super().run_in_executor(*args)
