"""What a drill has to show, a function for each promise. All raise BrokenError with what was observed."""

import time
from dataclasses import replace
from typing import Final

from spec import APP, READONLY
from support.chains import refuse
from support.ledger import Organisation, entries_of, entry_ids
from support.recovery.archive import BACKUP_ALONE, PERIOD, recovered
from support.recovery.attacks import organisation, resumes, withstands
from support.recovery.audit import audited, seconds_an_entry
from support.recovery.drill import LONG, WRITING, Drill, Restored, settings_of
from support.recovery.times import RTO, Times, extrapolated, lost_seconds
from support.recovery.truth import bounds, broken_chains, differences
from support.refusals import BrokenError
from support.sowing import ACME, EMPTY, GLOBEX

_SHOWN: Final = 5


def _told(wrong: list[str], where: str) -> None:
    if wrong:
        more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise BrokenError(f"{where}: {'; '.join(wrong[:_SHOWN])}{more}")


def backup_is_whole(drill: Drill) -> None:
    """What was restored from the backup alone is, row by row, what stood there when it was taken."""
    rows = drill.restore("snapshot").rows
    lost, new = (sorted({*one} - {*other}) for one, other in ((drill.rows, rows), (rows, drill.rows)))
    _told([*(f"lost: {row}" for row in lost), *(f"new: {row}" for row in new)], "restored from the backup")


def backup_is_read(drill: Drill) -> None:
    """PostgreSQL's own look at the backup's files finds nothing. Raises NoServerError with the first that is not as written."""
    drill.site.program("pg_verifybackup", "--exit-on-error", drill.backup)


def target_is_met(drill: Drill) -> None:
    """Every entry committed before the target is there, and none committed after it."""
    told = bounds(drill.attempts, until=drill.target)
    if not told.certain or all(one.sent is None or one.sent <= drill.target for one in drill.attempts):
        raise BrokenError("nobody wrote on both sides of the target")
    _told(differences(drill.restore("restored").entries, drill.before, told, drill.attempts), "restored to the target")


def little_is_lost(drill: Drill) -> None:
    """What stood in the archive is restored, the archive is not older than its period, and the rest is whole chains."""
    _told([drill.not_archived] if drill.not_archived else [], "archiving")
    found = drill.restore("latest").entries
    lost = bounds(drill.attempts, until=drill.archived).certain.keys() - found.keys()
    _told([f"archived and lost: {id_}" for id_ in sorted(lost)], "restored as far as the archive goes")
    never = found.keys() - drill.before.keys() - bounds(drill.attempts).certain.keys()
    never -= bounds(drill.attempts).possible.keys()
    _told([f"there and never committed: {id_}" for id_ in sorted(never)] + broken_chains(found.values()), "latest")
    seconds, entries = lost_seconds(drill)
    if seconds > 10 * PERIOD:
        raise BrokenError(
            f"{entries} entries of the last {seconds:.1f} s are lost; the archive takes one in every {PERIOD} s"
        )


def protection_is_back(drill: Drill) -> None:
    """Catalog, roles and grants are what they were."""
    there, here = drill.catalog, drill.restored.catalog
    _told(sorted(name for name in there.keys() | here.keys() if there.get(name) != here.get(name)), "not as before")


def protection_holds(drill: Drill) -> None:
    """Attacks on the restored ledger are refused."""
    withstands(drill.restored.machine)


def application_is_back(drill: Drill) -> None:
    """With host and port exchanged, both users log in, begin as before, and read what is theirs."""
    restored = drill.restored
    for role in (APP, READONLY):
        for name in (ACME, GLOBEX):
            session = restored.machine.session(role, Organisation(name), plain=True)
            if entry_ids(session) != {entry.id for entry in entries_of(restored.machine.admin, name)}:
                raise BrokenError(f"{role} for {name} reads other entries than before")
        there, here = drill.begins[role], settings_of(session)
        differing = sorted(name for name in there.keys() | here.keys() if there.get(name) != here.get(name))
        _told([f"{name} is {here.get(name)}, and was {there.get(name)}" for name in differing], f"a session of {role}")


def _judged(restored: Restored, drill: Drill) -> list[str]:
    """What the audit said of this ledger that is not so, or did not say that is."""
    audit = restored.audit
    if audit.unexamined:
        return [audit.unexamined]
    known_ = drill.before | bounds(drill.attempts).certain | bounds(drill.attempts).possible
    changed = {
        id_
        for id_, entry in restored.entries.items()
        if id_ in known_ and replace(entry, visibility="") != replace(known_[id_], visibility="")
    }
    wrong = [f"{id_} is changed, and the audit does not say so" for id_ in sorted(changed - audit.found.keys())]
    whole = not broken_chains(restored.entries.values())
    wrong += [
        f"{id_} is as written, and the audit says {kind}"
        for id_, kind in audit.found.items()
        if whole and id_ not in changed
    ]
    if audit.entries != len(restored.entries):
        wrong.append(f"the audit saw {audit.entries} of {len(restored.entries)} entries")
    return wrong


def audit_is_right(drill: Drill) -> None:
    """The audits of the restored ledgers say what is so."""
    for name, restored in drill.restores.items():
        _told(_judged(restored, drill), f"the integrity check of {name}")


TAMPERING: Final = {  # what is done to an entry, and what the audit has to say
    "UPDATE public.ledger_entries SET amount = amount + 1 WHERE id = 'led_acme03'": ("led_acme03", "hash_mismatch"),
    "UPDATE public.ledger_entries SET metadata = '{}' WHERE id = 'led_globex11'": ("led_globex11", "hash_mismatch"),
    "DELETE FROM public.ledger_entries WHERE id = 'led_acme07'": ("led_acme08", "chain_link_broken"),
}


def tampering_is_found(drill: Drill) -> None:
    """In a restored ledger that was tampered with, the audit names the entries, and no other."""
    machine, *_ = recovered(drill.site, drill.backup, drill.archive, "tampered", BACKUP_ALONE)
    machine.admin.execute("ALTER TABLE public.ledger_entries DISABLE TRIGGER ALL")
    for statement in TAMPERING:
        if machine.admin.execute(statement.encode()).rowcount != 1:
            raise BrokenError(f"{statement} touched no entry of the restored ledger")
    audit, before = audited(machine), drill.restore("snapshot").audit.found  # of a backup that was tampered with
    machine.stop()
    if audit.intact or audit.found != before | dict(TAMPERING.values()):
        raise BrokenError(f"the integrity check found {audit.found or audit.unexamined or 'nothing'}, not {TAMPERING}")


def ledger_goes_on(drill: Drill) -> None:
    """The next entry follows the restored head; one that follows a lost head is refused."""
    restored = drill.restored
    for name in dict.fromkeys(WRITING):
        told = organisation(restored.machine, name)
        lost = [one for one in drill.attempts if one.entries[0].organisation_id == name and one.acknowledged]
        if lost and lost[-1].entries[-1].id not in restored.entries:
            entry = told.next(prev_entry_hash=lost[-1].entries[-1].entry_hash)
            refuse(restored.machine.admin, entry, what="an entry that follows one that was not restored")
        resumes(restored.machine, told, plain=True)


def times_of(drill: Drill) -> Times:
    """The drill's times, extrapolated. Raises BrokenError if the audit examines nothing."""
    machine = drill.restored.machine
    if not drill.restored.audit.entries:
        raise BrokenError(f"the integrity check: {drill.restored.audit.unexamined or 'it saw no entry'}")
    an_entry, begun = seconds_an_entry(machine, LONG, EMPTY), time.monotonic()
    machine.session(machine.server.superuser)
    return extrapolated(drill, an_entry, time.monotonic() - begun)


def recovery_is_quick(drill: Drill) -> None:
    """Restore, redirection and integrity check, extrapolated, stay within the RTO."""
    times = times_of(drill)
    if times.total > RTO:
        raise BrokenError(f"extrapolated, recovery takes {times}")
