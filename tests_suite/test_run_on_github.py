"""A run on GitHub tells its end, whatever it is, once; elsewhere nothing is told. Whole runs: test_action_whole.py."""

import shutil

import pytest

from tests_suite.action_job import told
from tests_suite.conftest import ROOT
from tests_suite.homes import ONE_FILE

SECRET = "hunter2hunter2"


@pytest.fixture
def on_github(suite, tmp_path):
    """Runs the suite as a step of a workflow; gives the run, its annotations and the summary."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    variables = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(ROOT)}

    def run(*arguments, **more):
        done = suite(*arguments, environment=variables | more)
        return done, told(done.output), summary.read_text()

    return run


def test_what_is_broken_and_what_is_declared_is_told_once_at_its_place(on_github, tmp_path):
    file = tmp_path / "d.toml"
    file.write_text('\n[SHP-02]\nbecause = "x"\nuntil = 2999-01-01\n')
    shutil.copytree(ROOT / "candidates" / "reference", tmp_path / "sql")
    candidate = ("--schema", tmp_path / "sql", "--patch=mutants/shp_no_campaigns.sql", f"--deviations={file}")
    run, annotations, summary = on_github(*candidate, "-n1", ONE_FILE, GITHUB_WORKSPACE=str(tmp_path))
    assert run.exit == 1, run.output
    broken = next(one for one in annotations if one["title"].startswith("SHP-01 "))
    assert (broken["level"], broken["file"]) == ("error", "sql/01_tables.sql")
    assert "campaigns" in broken["message"]
    (stale,) = (one for one in annotations if one["level"] == "warning")
    assert (stale["title"], stale["file"], stale["line"]) == ("SHP-02 stale deviation", "d.toml", "2")
    assert summary.startswith("before\n## ⚪ Ledger compliance: incomplete\n")
    assert summary.count("## ") - summary.count("### ") == 1
    assert f"{run.evidence['totals']['not-checked']} not-checked" in summary
    last = run.output.splitlines()[-len(annotations) :]  # after all that pytest says
    assert all(line.startswith(("::error ", "::warning ")) for line in last)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--nonsense"], 4, "unrecognized arguments: --nonsense"),
        (["--schema=/nowhere"], 11, "the candidate cannot be applied: /nowhere: cannot be read"),
        ([f"--server=postgresql://u:{SECRET}@127.0.0.1:1/x", ONE_FILE], 10, "no usable PostgreSQL 15: "),
        (["-m", "live", f"--live-dsn=no DSN {SECRET}"], 12, "the live target cannot be examined: "),
        ([f"--nonsense=postgresql://u:{SECRET}@h/x"], 4, "unrecognized arguments: --nonsense=postgresql://u:***@h/x"),
    ],
)
def test_a_run_that_ends_early_is_told_in_one_error(arguments, code, said, on_github):
    run, annotations, summary = on_github(*arguments, AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1")
    assert run.exit == code, run.output
    (one,) = annotations
    assert (one["level"], "file" in one) == ("error", False)
    assert one["message"].startswith(said)
    assert f"exit code {code}" in summary
    assert SECRET not in summary + str(one)


def test_a_file_outside_the_workspace_is_named_in_words_alone(on_github, tmp_path):
    (tmp_path / "d.toml").write_text("[LED-99]\n")
    _, (one,), _ = on_github(f"--deviations={tmp_path}/d.toml")
    assert (one["message"], "file" in one) == (f"{tmp_path}/d.toml:1: LED-99: no such guarantee", False)


def test_a_summary_that_cannot_be_written_is_one_warning(on_github, tmp_path):
    _, annotations, _ = on_github("--deviations=/nowhere", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert [one["level"] for one in annotations] == ["warning", "error"]
    assert "the step summary cannot be written: Is a directory" in annotations[0]["message"]


def test_elsewhere_nothing_is_told(suite, tmp_path):
    run = suite("--deviations=/nowhere", environment={"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")})
    assert "::" not in run.output
    assert not (tmp_path / "summary.md").exists()


def test_a_question_is_not_told(on_github):
    run, annotations, summary = on_github("--collect-only", "-q", ONE_FILE)
    assert (run.exit, annotations, summary) == (0, [], "before\n")
