"""The action as a whole: installed as it is written, then whole runs of it in another project (make test-servers)."""

import shutil

import pytest

from tests_suite.action_job import STEPS, Job
from tests_suite.conftest import ROOT

QUICKLY = "--hypothesis-profile quick"
HOSTILE = '"@octocat <script> | `x`"'


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """A job whose environment for the suite was made by the action's own step."""
    folder = tmp_path_factory.mktemp("job")
    workspace = folder / "the application"
    shutil.copytree(ROOT / "candidates" / "reference_alembic", workspace, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "candidates" / "as_documented", workspace / "as documented")
    job = Job(folder, workspace)
    done = job.step("install", {}, PYTHONPATH="/nowhere")
    assert done.exit == 0, done.output
    return job


def test_every_step_with_a_script_was_executed_here():
    assert {name for name, step in STEPS.items() if "run" in step} == {"install", "suite"}


def test_the_applications_migrations_are_kept(job):
    before = sorted(job.workspace.rglob("*"))
    done = job.step("suite", {"alembic": "alembic.ini", "args": f"{QUICKLY} -n 2"})
    assert done.exit == 0, done.output
    assert job.outputs()["verdict"] == "kept"
    assert (done.annotations, done.summary.count("## ✅ Ledger compliance: kept")) == ([], 1)
    made = set(job.workspace.rglob("*")) - set(before)
    assert {path.relative_to(job.workspace).parts[0] for path in made} == {"amply-evidence"}


def test_a_broken_schema_is_told_in_ten_annotations_and_a_summary(job):
    inputs = {"schema": "as documented", "deviations": "/dev/null", "args": QUICKLY}
    done = job.step("suite", inputs)
    assert (done.exit, job.outputs()["verdict"]) == (1, "broken"), done.output
    assert len(done.annotations) == 10
    assert done.annotations[-1]["title"].endswith(" more")
    assert {one["level"] for one in done.annotations} == {"error"}
    assert done.annotations[0]["file"] == "as documented/01_tables.sql"
    assert "A TRUNCATE of the ledger is refused, to its owner and to a superuser." in done.summary
    assert "<pre>TRUNCATE ledger_entries by " in done.summary
    broken = job.step("suite", {**inputs, "require": "core"})
    assert (broken.exit, job.outputs()["verdict"]) == (0, "kept"), broken.output
    assert {one["level"] for one in broken.annotations} == {"warning"}


def test_deviations_are_shown_with_reason_and_date(job):
    done = job.step("suite", {"schema": "as documented", "args": QUICKLY, "evidence": "declared"})
    assert (done.exit, done.annotations) == (0, []), done.output
    assert "TRUNCATE fires no row trigger" in done.summary
    assert "2027-12-31" in done.summary


def test_names_of_a_hostile_candidate_are_text_and_no_commands(job):
    hostile = job.workspace / "hostile"
    shutil.copytree(ROOT / "candidates" / "reference", hostile)
    name = HOSTILE.replace('"', "")
    (hostile / "09.sql").write_text(
        f'CREATE TABLE {HOSTILE} ("::error::pwned\n::stop-commands::x" int);\nGRANT ALL ON {HOSTILE} TO amply_app;\n'
        f"CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION E'{name}\\n::error::pwned'; "
        "END $$;\nCREATE TRIGGER own BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION own();\n"
    )
    done = job.step("suite", {"schema": "hostile", "args": QUICKLY})
    assert (done.exit, job.outputs()["verdict"]) == (1, "broken"), done.output[-3000:]
    assert "::error::pwned" in done.output  # as pytest prints it, while commands are stopped
    assert 0 < len(done.annotations) <= 10
    assert all(one["title"] != "pwned" for one in done.annotations)
    assert "octocat" in done.summary
    assert "<script>" not in done.summary
    assert not [line for line in done.summary.splitlines() if "octocat" in line and not line.startswith("<")]
