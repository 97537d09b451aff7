"""MIG: the ledger is what it was after a migration, and as protected in its midst."""

import pytest

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
