"""MIG: what protects the ledger after one revision protects it after all later ones, by the whole specification."""

import pytest

from spec import GUARANTEES
from support.revision_verdicts import ledger_step, taken_away


@pytest.mark.guarantee("MIG-07")
def test_what_was_protected_stays_protected(protection, declared):
    steps, verdicts = protection
    failed = [f"{steps[n].revision.name}: {one.failed}" for n, one in verdicts.items() if one.failed]
    if failed:
        pytest.skip(f"the schema after a revision could not be judged: {failed[0]}")
    taken = taken_away(steps, verdicts, declared)
    assert not taken, "\n".join(taken)


@pytest.mark.guarantee("MIG-07")
def test_the_application_meets_no_ledger_without_its_protection(protection, declared):
    steps, verdicts = protection
    number = ledger_step(steps)
    if number is None or number not in verdicts or not steps[number].may_append:
        return  # it is the newest revision, which is judged anyway, or nobody can use it yet
    core = [id_ for id_ in verdicts[number].broken if id_[:3] in ("LED", "CHN") and id_ not in declared]
    core = [id_ for id_ in core if GUARANTEES[id_].level == "core"]
    assert not core, f"{steps[number].revision.name} creates the ledger, and the application may append: " + "; ".join(
        f"{id_}: {verdicts[number].observed[id_]}" for id_ in core
    )
