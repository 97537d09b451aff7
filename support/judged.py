"""Things judged one by one: what is broken is said first, what could not be read only if nothing is."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from support.refusals import BrokenError
from support.unread import NotReadError

Thing = TypeVar("Thing")


def nothing_wrong(things: Iterable[Thing], faults: Callable[[Thing], Iterable[str]], unread: str = "") -> None:
    """Ask for the faults of each thing, sentences. Raises BrokenError with all of them.

    If there is none, raises NotReadError with the first reason why something could not be judged: `unread`, for what is
    not among the things, or what `faults` raises.
    """
    found: list[str] = []
    for thing in things:
        try:
            found.extend(fault for fault in faults(thing) if fault not in found)
        except NotReadError as error:
            unread = unread or str(error)
        except KeyError as error:
            unread = unread or f"AWS's answer lacks {error}"
    if found:
        raise BrokenError("; ".join(found))
    if unread:
        raise NotReadError(unread)
