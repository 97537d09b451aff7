"""Wait for what comes to pass in another process: there is nothing else to wait on."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from support.refusals import BrokenError

SECONDS: Final = 10.0  # for what has to come to pass by itself, and takes milliseconds
_PAUSE: Final = 0.003
T = TypeVar("T")


def until(look: Callable[[], T], holds: Callable[[T], bool], seconds: float = SECONDS) -> T:
    """What `look` returns as soon as it holds, or at last, when `seconds` are over."""
    deadline = time.monotonic() + seconds
    while not holds(found := look()) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    return found


def wait_for(condition: Callable[[], bool], what: Callable[[], str] | str, seconds: float = SECONDS) -> float:
    """Wait until the condition holds. Returns the seconds it took; raises BrokenError with `what` when `seconds` are over."""
    begun = time.monotonic()
    if not until(condition, bool, seconds):
        raise BrokenError(f"after {seconds:.0f} s {what if isinstance(what, str) else what()}")
    return time.monotonic() - begun
