"""The engine's sessions: opened and held, waited for, closed."""

import asyncio
import inspect
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from .clock import Clock, Loop

PATIENCE = 20.0  # seconds of this machine's clock for what has to come
AT_ONCE = 5.0  # for what has to come now
_TURNS = 200  # of the event loop, after which whoever wants a connection has asked for it
# {"pid": 123}, {"waits": true} or {"error": [type, words], "asked": whether the server was asked}
Outcome = dict[str, Any]


def words(error: BaseException) -> list[str]:
    """An error as a pair: its type's full name, and what it says in one line."""
    error = getattr(error, "orig", None) or error
    return [f"{type(error).__module__}.{type(error).__qualname__}", " ".join(str(error).split())[:300]]


class Sessions:
    """What one process of the application does with its engine."""

    def __init__(self, loop: Loop, clock: Clock, engine: Callable[[str], Any], context: Callable[..., Any]) -> None:
        self.loop, self.clock, self.engine, self.context = loop, clock, engine, context
        self.sessions: Callable[[], Any]
        self._held: dict[int, AsyncExitStack] = {}  # by the backend's process id
        self._waiting: asyncio.Task[Any] | None = None

    async def make(self, url: str) -> str:
        """Make the engine. Answers whether it is an `engine` alone, or makes `sessions`."""
        made: Any = self.engine(url)
        if inspect.isawaitable(made):
            made = await made
        if isinstance(made, AsyncEngine):
            self.sessions = lambda: AsyncSession(made)
            return "engine"
        if not callable(made):
            raise TypeError(f"it returned {type(made).__name__}, neither an AsyncEngine nor what makes sessions")
        self.sessions = made
        return "sessions"

    async def opened(self) -> tuple[int, AsyncExitStack, Any]:
        """A session with a connection: the backend's process id, what closes it, the session."""
        stack = AsyncExitStack()
        try:
            session = await stack.enter_async_context(self.sessions())
            return (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one(), stack, session
        except BaseException:
            await stack.aclose()
            raise

    async def _patiently(self, task: asyncio.Task[Any], seconds: float = PATIENCE) -> None:
        """Wait by the true clock, which no command sets forward."""
        until = self.clock.true() + seconds
        while not task.done() and self.clock.true() < until:
            await asyncio.wait([task], timeout=0.5)

    async def _settled(self, task: asyncio.Task[Any]) -> None:
        """Wait for the task's end, unless it waits without having asked the loop for anything."""
        asked = self.loop.asked
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if task.done() or self.loop.asked != asked:
            await self._patiently(task)

    def _outcome(self, task: asyncio.Task[Any]) -> Outcome:
        if not task.done():
            return {"waits": True}
        if error := task.exception():
            return {"error": words(error)}
        pid, stack, _ = task.result()
        self._held[pid] = stack
        return {"pid": pid}

    async def fill(self, most: int) -> list[Outcome]:
        """Of a fresh engine: open and hold sessions one after the other, until one waits or fails, or there are `most`."""
        outcomes: list[Outcome] = []
        while len(outcomes) < most:
            outcomes.append(await self.wait())
            if "pid" not in outcomes[-1]:
                break
        return outcomes

    async def wait(self) -> Outcome:
        """One more session is asked for, when none is idle."""
        asked = self.loop.asked
        self._waiting = self.loop.create_task(self.opened())
        await self._settled(self._waiting)
        outcome = self._outcome(self._waiting)
        return {**outcome, "asked": self.loop.asked > asked} if "error" in outcome else outcome

    async def waited(self) -> Outcome:
        """What came of the session that waited."""
        assert self._waiting
        await self._patiently(self._waiting, AT_ONCE)
        return self._outcome(self._waiting)

    async def open(self, number: int) -> list[Outcome]:
        """Open and hold that many sessions, one after the other. None of them is expected to wait."""
        outcomes = []
        for _ in range(number):
            task = self.loop.create_task(self.opened())
            await self._patiently(task)
            outcomes.append(self._outcome(task))
        return outcomes

    async def close(self, pids: list[int] | None = None) -> None:
        """Close these sessions, or all that are held."""
        for pid in [*self._held] if pids is None else pids:
            await self._held.pop(pid).aclose()

    async def forward(self, seconds: int) -> None:
        """Set the clock forward."""
        self.clock.ahead += seconds
