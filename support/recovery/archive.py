"""An archive of a server's log, and servers restored from a base backup and that archive."""

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from support.binaries import NoServerError
from support.recovery.machine import Machine
from support.recovery.servers import Site

PERIOD: Final = 1  # seconds: archive_timeout of the drill, where RDS has its five minutes
BACKUP_ALONE: Final = {"recovery_target": "immediate"}  # no further than the end of the backup
_PER_FILE: Final = 4096  # segments of 1 MB in what their names call a log


def archiving(archive: Path) -> dict[str, str]:
    """Settings of a server that archives its log there: a segment is whole under its name, and never written twice."""
    keep = f'test ! -f "{archive}/%f" && cp "%p" "{archive}/%f.part" && mv "{archive}/%f.part" "{archive}/%f"'
    return {"archive_mode": "on", "archive_command": keep, "archive_timeout": f"{PERIOD}s"}


def recovery(archive: Path, target: Mapping[str, str]) -> dict[str, str]:
    """Settings of a server that recovers from the archive up to the target, and answers when it is there."""
    fetch = f'cp "{archive}/%f" "%p"'
    return {"restore_command": fetch, "hot_standby": "off", "recovery_target_action": "promote", **target}


def recovered(
    site: Site, backup: Path, archive: Path, name: str, target: Mapping[str, str]
) -> tuple[Machine, float, float]:
    """A server restored from backup and archive; the seconds, and those of processor time, that copying the backup took.

    Raises NoServerError, with the server's words and what the archive lacks, if it does not get there.
    """
    begun, before = time.monotonic(), os.times()
    data = site.copy(backup, f"{name}.data")
    copying, after = time.monotonic() - begun, os.times()
    work = after.children_user + after.children_system - before.children_user - before.children_system
    site.signal(data, "recovery.signal")
    try:
        return site.start(name, data, recovery(archive, target)), copying, work
    except NoServerError as error:
        lacks = f"; the archive lacks {', '.join(missing)}" if (missing := holes(archive)) else ""
        raise NoServerError(f"{error}{lacks}") from None


def segments(archive: Path) -> list[str]:
    """The names of the archived segments of the log, in order; of the first timeline."""
    return sorted(file.name for file in archive.iterdir() if re.fullmatch(r"00000001[0-9A-F]{16}", file.name))


def holes(archive: Path) -> list[str]:
    """The segments that are not there, between the first and the last that are."""
    numbers = [int(name[8:16], 16) * _PER_FILE + int(name[16:], 16) for name in segments(archive)]
    gone = sorted({*range(min(numbers, default=0), max(numbers, default=0))} - {*numbers})
    return [f"00000001{number // _PER_FILE:08X}{number % _PER_FILE:08X}" for number in gone]
