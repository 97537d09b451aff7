"""Every guarantee about migrations can fail, for its own reason; projects that are written differently raise nothing."""

import pytest

from spec import GUARANTEES
from tests_suite.conftest import QUICK
from tests_suite.migration_projects import MUTANTS, Project
from tests_suite.migration_variants import VARIANTS

PROVED = {id_ for id_, guarantee in GUARANTEES.items() if id_.startswith("MIG") and not guarantee.planned}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


def judged(suite, project):
    run = suite("--alembic", project.ini, *QUICK, "tests_operations")
    assert run.evidence, run.output[-3000:]
    return run


@pytest.mark.parametrize("what", MUTANTS)
def test_it_is_noticed_that(what, project, suite):
    ids, change = MUTANTS[what]
    change(project)
    run = judged(suite, project)
    assert run.ids("broken", "error") == ids, run.why()
    assert run.ids("kept") == PROVED - ids, run.why()


@pytest.mark.parametrize("what", VARIANTS)
def test_nothing_is_said_if(what, project, suite):
    VARIANTS[what](project)
    run = judged(suite, project)
    assert run.ids("kept") == PROVED, run.why() + run.output[-2000:]


def test_every_guarantee_about_migrations_has_a_mutant():
    assert set().union(*(ids for ids, _ in MUTANTS.values())) == PROVED
