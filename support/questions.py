"""Many questions at once, and what came of each: an answer under its name, or the reason why there is none."""

import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final

from support.unread import NotReadError, NotThereError, TargetError

Job = tuple[str, Callable[[], Any]]
Progress = Callable[[int, int, str], None]
_AT_ONCE: Final = 12


class Questions:
    """`answers` and `missing`, the reasons, by name. None is the answer for what is not there.

    A failure of the question called `vital` is raised; any other leaves its answer missing.
    """

    def __init__(self, vital: str, progress: Progress) -> None:
        self.answers: dict[str, Any] = {}
        self.missing: dict[str, str] = {}
        self._vital, self._progress = vital, progress
        self._done = self._asked = 0

    def ask(self, jobs: Iterable[Job]) -> None:
        """Ask all of these at once, and wait. Raises TargetError if the vital one cannot be asked."""
        jobs, waiting, done = list(jobs), queue.SimpleQueue[Job](), queue.SimpleQueue[tuple[str, Future[Any]]]()
        for job in jobs:
            waiting.put(job)

        def work() -> None:
            with suppress(queue.Empty):
                while True:
                    name, job = waiting.get_nowait()
                    future: Future[Any] = Future()
                    try:
                        future.set_result(job())
                    except BaseException as error:  # handed to whoever waits
                        future.set_exception(error)
                    done.put((name, future))

        self._asked += len(jobs)
        for _ in range(min(_AT_ONCE, len(jobs))):
            # Nobody waits for these threads: an interrupted run does not hang on an answer that does not come.
            threading.Thread(target=work, daemon=True, name="aws").start()
        for _ in jobs:
            name, future = done.get()
            self._done += 1
            self._progress(self._done, self._asked, name)
            self._take(name, future)

    def join(self, name: str) -> list[Any]:
        """Make one list of the answers called `name/...`, which are lists; what is missing of it stays missing."""
        parts = sorted(part for part in self.answers if part.startswith(f"{name}/"))
        found = self.answers.setdefault(name, [])
        for part in parts:
            found += self.answers.pop(part) or []
        return list(found)

    def _take(self, name: str, future: Future[Any]) -> None:
        try:
            self.answers[name] = future.result()
        except NotThereError:
            self.answers[name] = None
        except NotReadError as error:
            self.missing[name] = str(error)
        except TargetError as error:
            if name == self._vital:
                raise
            self.missing[name] = str(error)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            self.missing[name] = f"the answer cannot be understood: {type(error).__name__}"
