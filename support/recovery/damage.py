"""Backups and archives that are damaged: what PostgreSQL and the audit say of them. All raise BrokenError."""

import shutil
from pathlib import Path
from typing import Final

from support.binaries import NoServerError
from support.recovery.archive import BACKUP_ALONE, recovered, segments
from support.recovery.audit import audited
from support.recovery.drill import Drill, shown
from support.refusals import BrokenError

_PAGE: Final = 8192
_LARGEST: Final = """SELECT pg_relation_filepath(relid) FROM (
    SELECT relid FROM pg_partition_tree('public.ledger_entries') WHERE isleaf UNION SELECT 'public.ledger_entries'::regclass) p
    WHERE pg_relation_filepath(relid) IS NOT NULL ORDER BY pg_relation_size(relid) DESC LIMIT 1"""


def _damaged(drill: Drill) -> tuple[Path, str]:
    """A copy of the backup in which one byte of an entry differs, and the file, relative to it."""
    row = drill.restore("snapshot").machine.admin.execute(_LARGEST.encode()).fetchone()
    assert row is not None
    if not (drill.backup / row[0]).exists():
        raise BrokenError("the backup holds no file of the ledger")
    copy = drill.site.copy(drill.backup, "damaged")
    with (copy / row[0]).open("r+b") as file:
        file.seek(2 * _PAGE - 40)  # at the end of the first page that is not the first: an entry
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))
    return copy, str(row[0])


def damage_is_told(drill: Drill) -> None:
    """A byte that changed in a backup is named by pg_verifybackup; restored all the same, it is no intact ledger."""
    copy, file = _damaged(drill)
    try:
        drill.site.program("pg_verifybackup", copy)
    except NoServerError as error:
        if file not in str(error):
            raise BrokenError(f"pg_verifybackup finds something else than the damaged file: {error}") from None
    else:
        raise BrokenError(f"pg_verifybackup finds nothing wrong with {file}")
    machine, *_ = recovered(drill.site, copy, drill.archive, "damaged page", BACKUP_ALONE)
    audit = audited(machine)
    machine.stop()
    if audit.intact or "invalid page" not in audit.unexamined:
        raise BrokenError(f"a damaged page is read, and the integrity check says {audit.found or 'intact'}")


def missing_log_is_told(drill: Drill) -> None:
    """Without one segment of the log the target is not met, and that is said, with the name of the segment."""
    in_backup = segments(drill.backup / "pg_wal")[-1]
    gone = next(name for name in segments(drill.archive) if name > in_backup)
    archive = drill.site.directory / "archive with a hole"
    shutil.copytree(drill.archive, archive, ignore=shutil.ignore_patterns(gone))
    archive.chmod(0o755)
    target = {"recovery_target_time": shown(drill.target)}
    try:
        machine, *_ = recovered(drill.site, drill.backup, archive, "hole", target)
    except NoServerError as error:
        told = str(error)
    else:
        machine.stop()
        raise BrokenError(f"the log lacks the segment {gone}, and recovery ends as if it had met its target")
    if gone not in told or "before configured recovery target was reached" not in told:
        raise BrokenError(f"the log lacks the segment {gone}, and what is said of it is: {told}")
