"""Get a disposable PostgreSQL 15 from where the caller says, and give it back."""

import gc
import os
import subprocess
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from support.binaries import Binaries, NoServerError, local, wheel
from support.cluster_cache import start_copy
from support.guard import Guard, end_process
from support.places import Account, server_account
from support.rundir import new_run_directory, remove_leftovers
from support.server import Server


@dataclass
class Lease:
    """A server that is ours until `close`."""

    server: Server
    guard: Guard
    _undo: list[Callable[[], object]] = field(default_factory=list)

    def also(self, process: subprocess.Popen[bytes]) -> None:
        """A process that took the server's place is stopped with it."""
        self._undo = [lambda: end_process(process.pid), process.wait, *self._undo]

    def close(self) -> None:
        """Stop the server and remove all traces of it."""
        for step in self._undo:
            step()
        self.guard.close()


def _forget_other_servers() -> None:
    """PGPORT, PGOPTIONS and the like speak of another server than the one that we start."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def _from_programs(find: Callable[[Account | None], Binaries], settings: Mapping[str, str] | None) -> Lease:
    _forget_other_servers()
    try:
        account = server_account()
        remove_leftovers()
        binaries = find(account)
    except (OSError, LookupError) as error:
        raise NoServerError(str(error)) from None
    guard = Guard()
    try:
        directory, lock = new_run_directory(guard, account)
        server, running = start_copy(binaries, directory, account, guard, settings)
    except OSError as error:
        guard.close()
        raise NoServerError(str(error)) from None
    except BaseException:
        guard.close()
        raise
    return Lease(server, guard, [running.stop, lambda: os.close(lock)])


def _container(image: str) -> Lease:
    try:
        from support.container import start_container  # noqa: PLC0415  # Docker's client takes 0.3 s to import
    except ImportError as error:
        raise NoServerError(f"the package {error.name} is not installed") from None

    _forget_other_servers()
    guard, problem = Guard(), ""
    try:
        server, stop = start_container(image, guard)
    except NoServerError as error:
        guard.close()
        problem = str(error)
    except BaseException:
        guard.close()
        raise
    if problem:
        with warnings.catch_warnings():  # Docker's client leaves a socket open that it could not connect
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
        raise NoServerError(problem)
    return Lease(server, guard, [stop])


def _url(url: str, disposable: bool) -> Lease:
    from support.external import take_over  # noqa: PLC0415

    server, leave = take_over(url, disposable=disposable)
    return Lease(server, Guard(), [leave])


def acquire(
    choice: str,
    *,
    image: str = "postgres:15",
    disposable: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Lease:
    """A server by the `--server` option: auto, wheel, local, container or a URL. `settings`: for programs of this machine.

    Raises NoServerError, in one line, if there is none; for `auto` with the reason of each that was tried.
    """
    sources: dict[str, Callable[[], Lease]] = {
        "wheel": lambda: _from_programs(wheel, settings),
        "local": lambda: _from_programs(local, settings),
        "container": lambda: _container(image),
    }
    if choice in sources:
        return sources[choice]()
    if choice != "auto":
        return _url(choice, disposable)
    reasons = []
    for name, source in sources.items():
        try:
            return source()
        except NoServerError as error:
            reasons.append(f"{name}: {error}")
    raise NoServerError("; ".join(reasons))
