"""action.yml does in another repository what it says: its steps are executed here as they are written.

The steps with an environment of their own, and whole runs: test_action_whole.py (make test-servers)."""

import configparser
import shutil

import pytest

from tests_suite.action_job import ACTION, EXPRESSION, STEPS, Job
from tests_suite.conftest import ROOT

FEW = "--hypothesis-profile quick -k the_nine_tables"
HOSTILE = "a'b\"c $(touch touched) `touch touched` ; touch touched\n::error::pwned\nverdict=kept %0A"


@pytest.fixture
def application(tmp_path):
    """Another project, with a blank in its name and modules that are called like the suite's."""
    workspace = tmp_path / "the application"
    shutil.copytree(ROOT / "candidates" / "reference_alembic", workspace, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (
        "conftest.py",
        "pytest_amply.py",
        "fixtures/__init__.py",
        "spec/__init__.py",
        "tests_schema/test_x.py",
        "pytest.py",
    ):
        (workspace / name).parent.mkdir(exist_ok=True)
        (workspace / name).write_text("raise RuntimeError('of another project')\n")
    (workspace / "pytest.ini").write_text("[pytest]\naddopts = --option-of-another-project\n")
    return workspace


@pytest.fixture
def job(tmp_path, application):
    job = Job(tmp_path, application)
    job.installed_already()
    return job


def test_inputs_reach_the_shell_by_its_environment_alone():
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")
        if "run" in step:
            assert step["shell"] == "bash"
            assert step["run"].startswith("set -euo pipefail\n")
    used = {name for step in STEPS.values() for name in EXPRESSION.findall(str(step)) if name.startswith("inputs.")}
    assert used == {f"inputs.{name}" for name in ACTION["inputs"]}


def test_it_names_the_folders_of_the_specification():
    ini = configparser.ConfigParser()
    ini.read(ROOT / "pytest.ini")
    for folder in ini["pytest"]["testpaths"].split():
        assert f'"$suite/{folder}"' in STEPS["suite"]["run"]


def test_it_leaves_the_applications_python_alone():
    assert STEPS["python"]["with"]["update-environment"] is False


def test_a_selection_runs_from_the_callers_directory_and_nothing_there_is_imported(job, application):
    inputs = {"alembic": "alembic.ini", "evidence": "what was seen", "args": FEW}
    done = job.step("suite", inputs, PYTHONPATH=str(application), PYTEST_ADDOPTS="--nonsense", PYTEST_PLUGINS="nothing")
    assert done.exit == 0, done.output
    assert "rootdir" in done.output
    evidence = application / "what was seen"
    assert job.outputs() == {"verdict": "incomplete", "exit-code": "0", "evidence": str(evidence)}
    content = (evidence / "evidence.json").read_text()
    assert '"path": "alembic.ini"' in content
    assert '"AMPLY_SUITE_REF": "amply/amply-compliance@v1"' in content
    assert done.summary.startswith("## ⚪ Ledger compliance: incomplete\n")
    assert [one["level"] for one in done.annotations] == ["error"]  # what was not checked


def test_what_cannot_be_applied_ends_with_11_at_its_file_and_line(job, application):
    bad = application / "migrations" / "versions" / "0003_ledger.py"
    begins = "def upgrade() -> None:\n"
    bad.write_text(bad.read_text().replace(begins, f"{begins}    raise ValueError('::x')\n", 1))
    (application / "amply-evidence").mkdir()
    (application / "amply-evidence" / "evidence.json").write_text('{"verdict": "kept"}')
    done = job.step("suite", {"alembic": "alembic.ini"})
    assert done.exit == 11, done.output
    assert job.outputs() == {"verdict": "", "exit-code": "11", "evidence": str(application / "amply-evidence")}
    (one,) = done.annotations
    assert one["file"] == "migrations/versions/0003_ledger.py"
    assert int(one["line"]) == bad.read_text()[: bad.read_text().index("raise ValueError")].count("\n") + 1
    assert "ValueError: ::x" in one["message"]
    assert "exit code 11" in done.summary
    assert "ValueError: ::x" in done.summary


def test_malformed_deviations_end_with_4_at_their_line(job, application):
    (application / "deviations.toml").write_text("\n[LED-99]\n")
    done = job.step("suite", {"alembic": "alembic.ini"})
    assert (done.exit, job.outputs()["verdict"]) == (4, ""), done.output
    (one,) = done.annotations
    assert (one["file"], one["line"]) == ("deviations.toml", "2")
    assert "no such guarantee" in one["message"]
    assert "no such guarantee" in done.summary


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"scope": HOSTILE}, "scope is offline, live or operations"),
        ({"read-secrets": "yes"}, "read-secrets is true or false"),
        ({"args": "-k 'unclosed"}, "a quote is not closed"),
    ],
)
def test_a_wrong_input_ends_with_4_before_anything_starts(inputs, said, job):
    done = job.step("suite", inputs)
    assert (done.exit, job.outputs()["exit-code"]) == (4, "4"), done.output
    assert said in done.annotations[-1]["message"]


@pytest.fixture
def words(job):
    """What arrives at the suite, word by word, after a step with something else in its place."""
    said, python = job.folder / "words", job.temp / "amply-compliance" / "bin" / "python"
    (job.temp / "amply-compliance").unlink()
    python.parent.mkdir(parents=True)
    python.write_text(
        '#!/bin/bash\nif [[ $2 == -c ]]; then exec python3 "$@"; fi\n'
        f'printf "%s\\0" "$@" "live=$AMPLY_LIVE_DSN" "from=$AMPLY_SCHEMA_FROM" > "{said}"\nexit 10\n'
    )
    python.chmod(0o755)
    return lambda: said.read_text().split("\0")


def test_hostile_values_are_nothing_but_values(job, application, words):
    texts = set(ACTION["inputs"]) - {"scope", "read-secrets", "python-version", "args", "schema"}
    inputs = dict.fromkeys(texts, HOSTILE)
    inputs |= {"schema": " one\n\ntwo $(touch touched)\n", "args": "-k 'a b' \"$(touch touched)\" '*'"}
    done = job.step("suite", inputs)
    assert done.exit == 10, done.output
    seen = words()
    for option in texts - {"live-dsn", "schema-from", "evidence"}:
        assert f"--{option}={HOSTILE}" in seen
    assert [word for word in seen if word.startswith("--schema=")] == ["--schema= one", "--schema=two $(touch touched)"]
    assert seen[seen.index("-k") : seen.index("-k") + 4] == ["-k", "a b", "$(touch touched)", "*"]
    assert [word for word in seen if HOSTILE in word][-2:] == [f"live={HOSTILE}", f"from={HOSTILE}"]
    assert not [word for word in seen if word.startswith(("--live-dsn", "--schema-from"))]
    assert job.outputs() == {"verdict": "", "exit-code": "10", "evidence": f"{application}/{HOSTILE}"}
    assert not list(application.rglob("touched"))


def test_an_empty_input_is_not_passed(job, application, words):
    job.step("suite", dict.fromkeys(ACTION["inputs"], ""), AMPLY_LIVE_DSN="of the job")
    given = [word for word in words() if (word.startswith("--") and "=" in word) or word.startswith("live=")]
    assert given == [f"--evidence={application}/amply-evidence", "live=of the job"]


def test_scopes_and_switches_are_passed(job, words):
    job.step("suite", {"scope": "live", "read-secrets": "true", "environment": "production"})
    assert words()[words().index("-m", 2) :][:4] == ["-m", "live", "--read-secrets", "--environment=production"]
