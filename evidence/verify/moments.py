"""When a bundle was made, and after which: its age, the clock, and the chain of manifests."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from evidence.manifest import MANIFEST, BundleError, sha256
from evidence.opened import Opened, differences, listing
from evidence.shape import moment

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
CLOCKS: Final = timedelta(minutes=5)  # two honest clocks may differ by


def duration(text: str) -> timedelta:
    """24h, 7d, 90m or 2w. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,5})([mhdw])", text)
    if not found:
        raise ValueError(f"{text!r} is no time span such as 24h or 7d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def of_clock(document: Mapping[str, Any], created: str, now: datetime) -> Iterator[str]:
    """Times that cannot be."""
    if created != document["finished"]:
        yield f"{MANIFEST} was made at another time than the run finished"
    if moment(document["finished"], "finished") > now + CLOCKS:
        yield f"the run finished at {document['finished']}, which is in the future"


def of_age(made: datetime, most: timedelta, now: datetime, what: str) -> Iterator[str]:
    """Whether it is older than allowed."""
    if now - made > most:
        yield f"{what}: {made:%Y-%m-%d %H:%M} UTC, longer ago than {most}"


def of_chain(before: Opened, told: str, created: str) -> Iterator[str]:
    """What is wrong with the link to the bundle before, which is whole itself. `told`: its manifest's digest."""
    try:
        listed, then, _ = listing(before.files.get(MANIFEST, b""))
        wrong = [*before.findings, *differences(before, listed)]
    except BundleError as error:
        wrong, then = [str(error)], ""
    yield from (f"the bundle before: {finding}" for finding in wrong)
    if not told:
        yield "the bundle says that there was none before it"
    elif told != sha256(before.files.get(MANIFEST, b"")):
        yield "the bundle follows another one: the digest of its manifest differs"
    if not wrong and moment(then, "created") > moment(created, "created"):
        yield "the bundle before was made later"
