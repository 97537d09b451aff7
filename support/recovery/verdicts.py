"""The promises about recovery, and what is asked of a drill for each: the tests and the drill command ask the same."""

from collections.abc import Callable
from typing import Final

import psycopg

from support.binaries import NoServerError
from support.crash import WAYS, Crash, nothing_is_lost
from support.recovery import checks, damage
from support.recovery.attacks import withstands
from support.recovery.drill import Drill
from support.recovery.machine import Machine
from support.refusals import BrokenError, said

# In this order: what is compared with the moment of the restore comes before what is written afterwards.
ASKED: Final[dict[str, tuple[Callable[[Drill], None], ...]]] = {
    "REC-01": (checks.backup_is_whole, checks.backup_is_read),
    "REC-02": (checks.target_is_met, damage.missing_log_is_told),
    "REC-03": (checks.recovery_is_quick,),
    "REC-04": (checks.protection_is_back, checks.protection_holds),
    "REC-05": (checks.application_is_back,),
    "REC-06": (checks.audit_is_right, checks.tampering_is_found, damage.damage_is_told),
    "REC-07": (checks.ledger_goes_on,),
    "REC-09": (checks.little_is_lost,),
}
CRASHES: Final = "REC-08"


def _observed(*asked: Callable[[], None]) -> list[str]:
    found = []
    for one in asked:
        try:
            one()
        except (BrokenError, NoServerError) as error:
            found.append(str(error))
        except psycopg.Error as error:
            found.append(f"PostgreSQL said: {said(error)}")
    return found


def of_a_drill(drill: Drill) -> dict[str, list[str]]:
    """What breaks each promise, by its id; nothing where it is kept."""
    return {id_: _observed(*(lambda one=one: one(drill) for one in asked)) for id_, asked in ASKED.items()}


def of_crashes(machine: Machine, crashes: list[Crash]) -> list[str]:
    """What breaks the promise about crashes."""
    deaths = (lambda way=way: nothing_is_lost(crashes, way) for way in WAYS)
    return _observed(*deaths, lambda: withstands(machine))
