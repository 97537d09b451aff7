"""Crashes of a server at work: what its clients were told, and what it still knows when it is back."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import psycopg

from support.ledger import append, new_entry
from support.rds_like import DATABASE
from support.recovery.drill import WRITING
from support.recovery.machine import Machine
from support.recovery.servers import Site
from support.recovery.truth import bounds, differences, every_entry
from support.recovery.writers import Attempt, Writers
from support.refusals import BrokenError
from support.sowing import add_organisation
from support.standby import sown
from support.subject import Subject
from support.waiting import wait_for

TIMES: Final = 15
_IDLE: Final = "org_waiting"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Crash:
    """One crash: which processes were killed, what the clients knew, and what is wrong afterwards, a sentence each."""

    way: str
    acknowledged: int
    in_doubt: int
    seconds: float  # until the server answered again
    wrong: tuple[str, ...]


def _all_of_it(site: Site, machine: Machine) -> None:
    machine.kill()
    site.again(machine)


def _postmaster(site: Site, machine: Machine) -> None:
    """Its backends find out by themselves."""
    machine.kill(all_of_it=False)
    site.again(machine)


def _backend(_: Site, machine: Machine) -> None:
    """The postmaster takes everything down and up again."""
    machine.kill_a_backend()

    def answers() -> bool:
        try:
            machine.server.connect(machine.server.superuser, DATABASE).close()
        except psycopg.OperationalError:
            return False
        return True

    wait_for(answers, "the server does not answer after one of its backends was killed")


WAYS: Final[dict[str, Callable[[Site, Machine], None]]] = {
    "the server and all its backends": _all_of_it,
    "one backend": _backend,
    "the postmaster alone": _postmaster,
}


def crash(site: Site, machine: Machine, way: str, after: int) -> Crash:
    """Kill the server, after so many acknowledgements, while the application appends and one transaction waits.

    Raises BrokenError if the application cannot append, or the server does not come back.
    """
    before = every_entry(machine.admin)
    waiting = Attempt((new_entry(_IDLE, None),))
    holder = machine.session(machine.server.superuser)
    holder.execute("BEGIN")
    append(holder, *waiting.entries)
    with Writers(machine.server, WRITING) as writers:
        writers.more(after)
        begun = time.monotonic()
        WAYS[way](site, machine)
        seconds = time.monotonic() - begun
    attempts = [*writers.attempts, waiting]
    wrong = differences(every_entry(machine.admin), before, bounds(attempts), attempts)
    doubtful = sum(attempt.in_doubt for attempt in attempts)
    return Crash(way, len(writers.acknowledged()), doubtful, seconds, tuple(wrong))


def crashes(
    site: Site, subject: Subject, times: int = TIMES, tell: Tell = lambda _: None
) -> tuple[Machine, list[Crash]]:
    """A server with the candidate that crashes again and again, in every way, and what came of it each time.

    Raises NoServerError, or BrokenError as `crash` does.
    """
    machine = site.primary("crashing")
    sown(subject, machine)
    for name in (*dict.fromkeys(WRITING), _IDLE):
        add_organisation(machine.admin, name)
    chance, found = random.Random(15), list[Crash]()  # noqa: S311  # the same moments in every run
    for number in range(times):
        way = [*WAYS][number % len(WAYS)]
        tell(f"crash {number + 1} of {times}: {way}")
        found.append(crash(site, machine, way, chance.randint(3, 40)))
    return machine, found


def nothing_is_lost(crashes: list[Crash], way: str) -> None:
    """After each crash of this kind every acknowledged entry is there and no other. Raises BrokenError."""
    mine = [one for one in crashes if one.way == way]
    if not mine or not all(one.acknowledged for one in mine):
        raise BrokenError(f"there was no death of {way} with anything to lose")
    wrong = [f"{number}: {'; '.join(one.wrong)}" for number, one in enumerate(mine, 1) if one.wrong]
    if wrong:
        raise BrokenError(f"after {len(wrong)} of {len(mine)} deaths of {way}: " + "\n".join(wrong))
