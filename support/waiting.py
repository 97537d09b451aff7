"""Wait for a condition, whatever time it takes."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

SECONDS: Final = 10.0  # for what has to come to pass by itself
T = TypeVar("T")


def until(look: Callable[[], T], holds: Callable[[T], bool], seconds: float = SECONDS) -> T:
    """What `look` returns as soon as it holds, or at last, when `seconds` are over."""
    deadline = time.monotonic() + seconds
    while not holds(found := look()) and time.monotonic() < deadline:
        time.sleep(0.005)
    return found
