"""A pre-forking server: the application is imported once, each connection gets a process with an engine of its own.

One JSON line asks ({"do": "fill", "most": 40}), one answers ({"answer": ...} or {"error": [type, words]}).
"""

import asyncio
import importlib
import json
import os
import platform
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from typing import Any

from .clock import Clock, Loop


def _say(**what: Any) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def _packages() -> dict[str, str]:
    """The versions of what the engine is made of."""
    found = {"python": platform.python_version()}
    for name in ("sqlalchemy", "asyncpg", "psycopg"):
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _found(name: str, folder: str) -> Callable[..., Any]:
    """MODULE:CALLABLE, looked for in `folder` first. Raises whatever the module raises."""
    module, _, attribute = name.partition(":")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


async def _converse(connection: socket.socket, application: Any) -> None:
    from .sessions import words  # noqa: PLC0415  # SQLAlchemy

    reader, writer = await asyncio.open_connection(sock=connection)
    while line := await reader.readline():
        request = json.loads(line)
        try:
            answer = {"answer": await getattr(application, request.pop("do"))(**request)}
        except Exception as error:
            answer = {"error": words(error)}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()


def _child(connection: socket.socket, clock: Clock, engine: Callable[..., Any], context: Callable[..., Any]) -> None:
    from .work import Work  # noqa: PLC0415  # SQLAlchemy

    loop = Loop()
    asyncio.set_event_loop(loop)
    with suppress(ConnectionError):
        loop.run_until_complete(_converse(connection, Work(loop, clock, engine, context)))


def _accept(listening: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    connection, _ = listening.accept()
    if os.fork():
        connection.close()
        return
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        listening.close()
        os.close(0)
        serve(connection)
    finally:
        os._exit(0)


def main(path: str, engine: tuple[str, str], context: tuple[str, str]) -> None:
    """Serve at the socket `path` until standard input ends. `engine`, `context`: MODULE:CALLABLE and the folder it is in."""
    clock = Clock()  # before the application keeps a function of the clock's for itself
    try:
        from . import work  # noqa: F401, PLC0415  # whether SQLAlchemy is there at all

        callables = [_found(*engine), _found(*context)]
    except Exception as error:  # whatever an application does when it is imported
        _say(failed=f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening, selectors.DefaultSelector() as selector:
        listening.bind(path)
        listening.listen()
        module = sys.modules[engine[0].partition(":")[0]]
        _say(ready=True, file=getattr(module, "__file__", "") or "", packages=_packages())
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the application prints from now on is nobody's
        selector.register(0, selectors.EVENT_READ)
        selector.register(listening, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd == 0:
                    os.killpg(0, signal.SIGKILL)  # ourselves, and whatever of the application is still at work
                _accept(listening, lambda connection: _child(connection, clock, *callables))
