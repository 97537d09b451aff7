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
    told = [f"{step.revision.name}: {'; '.join(step.changed)}" for step in filled(migrations) if step.changed]
    assert not told, "\n".join(told)


@pytest.mark.guarantee("MIG-08")
def test_nothing_stands_open_at_a_commit_within_a_migration(migrations):
    told = [f"{step.revision.name} commits {'; '.join(step.windows)}" for step in filled(migrations) if step.windows]
    assert not told, "\n".join(told)


@pytest.mark.guarantee("MIG-11")
def test_the_ledger_is_not_written_anew(migrations):
    told = [
        f"{step.revision.name} rewrites {', '.join(step.rewritten)}" for step in filled(migrations) if step.rewritten
    ]
    assert not told, "\n".join(told)


@pytest.mark.guarantee("MIG-11")
def test_appends_are_not_kept_out_for_long(migrations):
    told = [
        f"{step.revision.name} keeps appends out of a ledger of {step.entries} entries for {step.locked:.1f} s"
        for step in filled(migrations)
        if step.locked > LOG_AT
    ]
    assert not told, "\n".join(told)
