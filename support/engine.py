"""The application's engine, in processes of its own, told what to do over sockets."""

import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from support.guard import Guard, end_process
from support.redaction import redacted
from support.refusals import BrokenError
from support.server import Server
from support.tls import authority_of

_HOST: Final = Path(__file__).parent / "engine_host"
# Under a name of its own, and nothing else of ours within the application's reach.
_START: Final = f"""
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("amply_engine_host", {str(_HOST / "__init__.py")!r},
                                              submodule_search_locations=[{str(_HOST)!r}])
sys.modules["amply_engine_host"] = importlib.util.module_from_spec(spec)
from amply_engine_host.serve import main
main(*json.loads(sys.argv[1]))
"""
START_SECONDS: Final = 60
_ANSWER_SECONDS: Final = 90


class EngineError(Exception):
    """The application's engine cannot be had; says why in one line."""


class ToldError(BrokenError):
    """The application's process failed to do as it was told. `type`: the error's full name; `words`: what it says."""

    def __init__(self, type_: str, words: str) -> None:
        super().__init__(f"{type_.removeprefix('builtins.')}: {words}")
        self.type, self.words = type_, words


@dataclass(frozen=True)
class Named:
    """MODULE:CALLABLE, and the folder that its module is looked for in before PYTHONPATH."""

    name: str
    folder: Path


class Process:
    """One process of the application. `made`: what its engine was made as, `engine` or `sessions`; empty before."""

    def __init__(self, path: str) -> None:
        self.made = ""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_ANSWER_SECONDS)
        self._socket.connect(path)
        self._lines = self._socket.makefile("rb")

    def ask(self, do: str, **how: Any) -> None:
        """Tell it to do something, without waiting."""
        self._socket.sendall(json.dumps({"do": do, **how}).encode() + b"\n")

    def answer(self) -> Any:
        """What came of it. Raises ToldError."""
        try:
            line = self._lines.readline()
        except TimeoutError:
            raise ToldError("TimeoutError", f"no answer within {_ANSWER_SECONDS} s") from None
        if not line:
            raise ToldError("SystemExit", "the process ended")
        answer = json.loads(line)
        if "error" in answer:
            raise ToldError(*answer["error"])
        return answer["answer"]

    def do(self, do: str, **how: Any) -> Any:
        """Tell it to do something (a method of support/engine_host), and wait. Raises ToldError."""
        self.ask(do, **how)
        return self.answer()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


class Host:
    """The application, imported and ready to fork.

    `name`, `context`: MODULE:CALLABLE of its engine, and of what says whom a session works for; `file`: where the engine's
    module stands; `packages`: versions by name.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], folder: Path, engine: Named, context: Named, said: dict[str, Any]
    ) -> None:
        self._process, self._folder, self.name, self.context = process, folder, engine.name, context.name
        self.file: str = said.get("file", "")
        self.packages: dict[str, str] = said.get("packages", {})

    @property
    def path(self) -> str:
        """The socket: whoever knows it can have a process."""
        return str(self._folder / "socket")

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            end_process(self._process.pid)
            self._process.wait()
        self._process.stdout.close()


def _environment(authority: Path) -> dict[str, str]:
    """The application's: without libpq's variables, and with the authority that it may trust."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**ours, "PGSSLROOTCERT": str(authority), "SSL_CERT_FILE": str(authority), "PGPASSFILE": os.devnull}


def start(python: str, engine: Named, context: Named, server: Server, guard: Guard) -> Host:
    """Import the application by the interpreter `python` (empty: ours). Its socket stands in the directory of `server`.

    Raises EngineError if that fails.
    """
    folder = Path(server.host) / "engine"
    folder.mkdir(mode=0o700)
    told = json.dumps([str(folder / "socket"), [engine.name, str(engine.folder)], [context.name, str(context.folder)]])
    try:
        process = subprocess.Popen(
            [python or sys.executable, "-P", "-c", _START, told],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_environment(authority_of(server)), start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise EngineError(f"{python}: {error.strerror}") from None
    guard.owns_process(process.pid)
    patience = threading.Timer(START_SECONDS, process.kill)
    patience.start()
    said = _first_line(process)
    patience.cancel()
    host = Host(process, folder, engine, context, said)
    if not said.get("ready"):
        host.close()
        raise EngineError(f"{engine.name}: {redacted(said.get('failed', 'its process said nothing and ended'))}")
    return host


def _first_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What the host says when it is ready; lines that the application prints before are passed over."""
    assert process.stdout
    while line := process.stdout.readline():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and {"ready", "failed"} & said.keys():
            return said
    return {}
