"""Every guarantee about migrations can fail, for its own reason; projects that are written differently raise nothing.

Several defects stand in one project, and must break together what they break; if they do not add up, each is judged by itself.
"""

import itertools

import pytest

from tests_suite import migration_mutants, migration_variants
from tests_suite.conftest import MIGRATIONS, QUICK, ROOT, together_or_alone
from tests_suite.migration_mutants import MUTANTS
from tests_suite.migration_projects import Project
from tests_suite.migration_variants import VARIANTS

FILES = sorted((ROOT / "tests_operations").glob("test_migrations_*.py"))
LONG = ROOT / "tests_operations" / "test_migrations_never_open_the_ledger.py"


@pytest.fixture
def judged(suite, tmp_path):
    """The run over a copy of the example with these changes."""
    numbers = itertools.count()

    def judge(changes, ids):
        """`ids`: what is expected; the specification is run on earlier revisions only if that matters."""
        project = Project(tmp_path / f"project {next(numbers)}")
        for change in changes:
            change(project)
        files = [file for file in FILES if file != LONG or "MIG-07" in ids]
        run = suite("--alembic", project.ini, *QUICK, *files)
        assert run.evidence, run.output[-3000:]
        left = [
            path.name for path in project.folder.rglob("*") if path.name == "__pycache__" or path.name[:6] == ".amply"
        ]
        assert left == []
        return run

    return judge


def breaks_exactly(judged, whats):
    ids = set().union(*(MUTANTS[what][0] for what in whats))
    run = judged([MUTANTS[what][1] for what in whats], ids)
    assert run.ids("broken", "error") == ids, run.why()
    assert run.ids("kept") == MIGRATIONS - ids - {"MIG-07"}, run.why()


def breaks_nothing(judged, whats):
    run = judged([VARIANTS[what] for what in whats], MIGRATIONS)
    assert run.ids("kept") == MIGRATIONS, run.why()


@pytest.mark.parametrize("whats", migration_mutants.GROUPS, ids=" + ".join)
def test_it_is_noticed_that(whats, judged):
    together_or_alone(breaks_exactly, judged, whats)


@pytest.mark.parametrize("whats", migration_variants.GROUPS, ids=" + ".join)
def test_nothing_is_said_if(whats, judged):
    together_or_alone(breaks_nothing, judged, whats)


def test_every_mutant_and_variant_is_in_a_group_and_every_guarantee_about_migrations_has_a_mutant():
    for things, module in ((MUTANTS, migration_mutants), (VARIANTS, migration_variants)):
        assert sorted(itertools.chain(*module.GROUPS)) == sorted(things)
    assert set().union(*(ids for ids, _ in MUTANTS.values())) == MIGRATIONS
