"""MIG: the ledger is what it was after a migration, and as protected, during it and ever after."""

import pytest

from spec import GUARANTEES
from support.revision_verdicts import ledger_step, taken_away

LOG_AT = 1.0  # seconds: log_min_duration_statement


def filled(migrations):
    """The steps that ran over entries; none if the ledger came last."""
    for step in migrations.steps:
        assert not step.unfilled or migrations.filled, (
            f"after {step.revision.name} the ledger takes no honest entries: {step.unfilled}"
        )
    return migrations.filled


@pytest.mark.guarantee("MIG-06")
def test_every_entry_is_what_it_was(migrations):
    for step in filled(migrations):
        assert not step.changed, f"{step.revision.name}: {'; '.join(step.changed)}"


@pytest.mark.guarantee("MIG-07")
def test_what_was_protected_stays_protected(migrations, declared):
    failed = [f"{migrations.steps[n].revision.name}: {one.failed}" for n, one in migrations.judged.items() if one.failed]
    if failed:
        pytest.skip(f"the schema after a revision could not be judged: {failed[0]}")
    taken = taken_away(migrations.steps, migrations.judged, declared)
    assert not taken, "\n".join(taken)


@pytest.mark.guarantee("MIG-07")
def test_the_application_meets_no_ledger_without_its_protection(migrations, declared):
    number = ledger_step(migrations.steps)
    if number is None or number not in migrations.judged or not migrations.steps[number].may_append:
        return  # it is the newest revision, which is judged anyway, or nobody can use it yet
    core = [id_ for id_ in migrations.judged[number].broken if id_[:3] in ("LED", "CHN") and id_ not in declared]
    core = [id_ for id_ in core if GUARANTEES[id_].level == "core"]
    assert not core, (
        f"{migrations.steps[number].revision.name} creates the ledger, and the application may append: "
        + "; ".join(f"{id_}: {migrations.judged[number].observed[id_]}" for id_ in core)
    )


@pytest.mark.guarantee("MIG-08")
def test_nothing_stands_open_at_a_commit_within_a_migration(migrations):
    for step in filled(migrations):
        assert not step.windows, f"{step.revision.name} commits {'; '.join(step.windows)}"


@pytest.mark.guarantee("MIG-11")
def test_the_ledger_is_not_written_anew(migrations):
    for step in filled(migrations):
        assert not step.rewritten, f"{step.revision.name} rewrites {', '.join(step.rewritten)}"


@pytest.mark.guarantee("MIG-11")
def test_appends_are_not_kept_out_for_long(migrations):
    for step in filled(migrations):
        assert step.locked <= LOG_AT, (
            f"{step.revision.name} keeps appends out of a ledger of {step.entries} entries for {step.locked:.1f} s"
        )
