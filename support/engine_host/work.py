"""What the application does in its sessions: it looks, works for an organisation, writes."""

import asyncio
import inspect
from contextlib import AsyncExitStack
from typing import Any

from sqlalchemy import Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from .sessions import Sessions, words

Rows = list[list[Any]]


class Base(DeclarativeBase):
    """Of the classes that are mapped here."""


class Note(Base):
    """A row of a table that the suite made for this."""

    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    word: Mapped[str] = mapped_column(Text)


async def _rows(session: Any, sql: str) -> Rows:
    return [list(row) for row in await session.execute(text(sql))]


async def _end(session: Any, end: str, sql: str) -> None:
    if end == "commit":
        await session.commit()
    elif end == "rollback":
        await session.rollback()
    elif end == "savepoint":
        async with session.begin_nested():
            await session.execute(text(sql))
        await session.commit()
    elif end == "refused statement":
        await session.execute(text("SELECT 1/0"))
    elif end == "exception":
        raise KeyError(end)
    elif end == "cancelled":
        await asyncio.Event().wait()  # within a query the connection would be thrown away


class Work(Sessions):
    """Sessions at work."""

    async def look(self, sql: str) -> dict[str, Any]:
        """One session and one statement."""
        pid, stack, session = await self.opened()
        async with stack:
            return {"pid": pid, "rows": await _rows(session, sql)}

    async def look_everywhere(self, sql: str, number: int) -> list[Any]:
        """One statement in that many sessions at once: rows, or the error, of each."""
        found: list[Any] = []
        async with AsyncExitStack() as all_of_them:
            opened = []
            for _ in range(number):
                opened.append(await self.opened())
                await all_of_them.enter_async_context(opened[-1][1])
            for _, _, session in opened:
                try:
                    found.append(await _rows(session, sql))
                except Exception as error:
                    found.append({"error": words(error)})
        return found

    async def work(self, organisation: str, sql: str, end: str) -> dict[str, Any]:
        """A session works for an organisation, runs a statement, and comes to its `end`. Answers with what it saw."""
        pid, stack, session = await self.opened()
        seen: dict[str, Any] = {"pid": pid}

        async def at_work() -> None:
            async with stack:
                done = self.context(session, organisation)
                if inspect.isawaitable(done):
                    await done
                seen["rows"] = await _rows(session, sql)
                await _end(session, end, sql)

        task = self.loop.create_task(at_work())
        while end == "cancelled" and "rows" not in seen and not task.done():
            await asyncio.sleep(0)
        if end == "cancelled":
            task.cancel()
        await asyncio.wait([task])
        error = None if task.cancelled() else task.exception()
        if error and ("rows" not in seen or end not in ("refused statement", "exception")):
            raise error
        return seen

    async def remember(self) -> dict[str, Any]:
        """Write a row by a mapped class, commit, and ask the object what was written."""
        async with self.sessions() as session:
            note = Note(id="n1", word="written")
            session.add(note)
            await session.commit()
            try:
                return {"word": note.word}
            except Exception as error:
                return {"error": words(error)}
