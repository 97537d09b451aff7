"""Wait for a condition in another process, and say what did not come."""

import time
from collections.abc import Callable
from typing import Final

from support.refusals import BrokenError

PATIENCE: Final = 10.0  # seconds; what is waited for takes milliseconds
_PAUSE: Final = 0.003


def until(condition: Callable[[], bool], what: Callable[[], str] | str, patience: float = PATIENCE) -> float:
    """Wait until the condition holds. Returns the seconds it took; raises BrokenError with `what` after `patience`."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > patience:
            raise BrokenError(f"after {patience:.0f} s {what if isinstance(what, str) else what()}")
        time.sleep(_PAUSE)  # somebody else's condition: there is nothing to wait on
    return time.monotonic() - begun
