"""A path that stands apart from its option is a value, wherever it is; pytest alone would take it for a test to collect."""

import shutil

import pytest

from tests_suite.conftest import QUICK, ROOT
from tests_suite.homes import ONE_FILE

MUTANT = ROOT / "mutants" / "shp_no_campaigns.sql"


@pytest.fixture
def elsewhere(tmp_path):
    """Another project, with a pytest configuration of its own and a candidate in it."""
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "--option-of-another-project"\n')
    (tmp_path / "conftest.py").write_text("raise RuntimeError('the conftest.py of another project')\n")
    shutil.copytree(ROOT / "candidates" / "reference", tmp_path / "migrations")
    shutil.copy(MUTANT, tmp_path / "mutant.sql")
    return tmp_path


def test_a_directory_of_another_project_is_a_candidate(elsewhere, suite):
    run = suite("--schema", elsewhere / "migrations", "--deviations", "/dev/null", *QUICK)
    assert run.exit == 0, run.output
    assert run.evidence["verdict"] == "kept"
    assert f"{elsewhere.name}/migrations" in run.evidence["candidate"]["sources"][0]["path"]


@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["", "workers"])
def test_a_file_of_another_project_is_a_patch(workers, elsewhere, suite):
    run = suite("--patch", elsewhere / "mutant.sql", "--evidence", elsewhere, *workers, ONE_FILE)
    assert run.exit == 1, run.output
    assert "the nine documented tables" in run.output.lower()
    assert (elsewhere / "evidence.json").exists()


def test_a_path_that_is_wrong_is_told_in_a_line(elsewhere, suite):
    run = suite("--schema", elsewhere / "conftest.py")
    assert run.exit == 11, run.output
    assert run.output.count("\n") == 1
