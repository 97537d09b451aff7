"""Runs with -m operations from end to end: options, exit codes, evidence, workers, secrets, and what is left behind."""

# ruff: noqa: F811  # fixtures are imported
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from spec import GUARANTEES
from tests_suite.conftest import QUICK, ROOT, the_line
from tests_suite.homes import _warmed, ended, home, until  # noqa: F401

ENGINE = "tests_suite.operations_engines"
OURS = ("CON", "MON", "MNT")
IN_SCOPE = {id_ for id_, one in GUARANTEES.items() if one.scope == "operations" and not one.planned and id_[:3] in OURS}
FILES = sorted(
    file for name in ("connections", "load") for file in (ROOT / "tests_operations").glob(f"test_{name}_*.py")
)
CONNECTIONS = [file for file in FILES if "connections" in file.name]
ENCRYPTED, WRITTEN, FORGET = (
    ROOT / "tests_operations" / f"test_connections_{name}.py"
    for name in ("are_encrypted", "keep_what_was_written", "forget_their_organisation")
)


def test_the_reference_keeps_everything_also_with_workers(suite):
    run = suite("-m", "operations", "-n2", *QUICK, *FILES)
    assert run.ids("kept") == IN_SCOPE, run.why() + run.output[-2000:]
    about = run.evidence["environment"]
    assert about["engine"] == "candidates.engine.reference:make"
    assert about["engine_context"] == "candidates.engine.reference:work_for"
    assert about["connection_string"] == "postgresql+asyncpg://...?sslmode=require"
    assert {"python", "sqlalchemy", "asyncpg"} <= about["engine_packages"].keys()
    assert re.fullmatch("[0-9a-f]{64}", about["engine_sha256"])
    assert "engine candidates.engine.reference:make on python 3" in run.output


def test_the_engine_as_documented_breaks_what_it_declares(suite):
    engine = ("--engine", "candidates.engine.as_documented:make")
    run = suite("-m", "operations", *engine, ENCRYPTED, FORGET)
    assert run.ids("broken", "error") == {"CON-05", "CON-06"}, run.why()
    assert "unexpected keyword argument 'sslmode'" in run.why()
    assert "the next session works for org_acme" in run.why()
    file = ROOT / "candidates" / "engine" / "deviations.toml"
    run = suite("-m", "operations", *engine, "--deviations", file, ENCRYPTED, FORGET)
    assert run.ids("deviates") == {"CON-05", "CON-06"}, run.why()


def test_another_connection_string_mends_the_engine_as_documented(suite):
    form = ("--connection-string", "postgresql+asyncpg://user:password@host:5432/amply?ssl=require")
    run = suite("-m", "operations", "--engine", "candidates.engine.as_documented:make", *form, ENCRYPTED)
    assert run.ids("broken", "error") == set(), run.why()
    assert run.ids("kept") == {"CON-06", "CON-09"}


def test_another_driver_is_judged_as_well(suite):
    form = ("--connection-string", "postgresql+psycopg://user:password@host:5432/amply?sslmode=require")
    engine = ("--engine", "candidates.engine.as_documented:make", "--engine-python", sys.executable)
    run = suite("-m", "operations", *engine, *form, *CONNECTIONS)
    assert run.ids("broken", "error") == {"CON-05"}, run.why()


def test_an_engine_alone_says_nothing_of_objects(suite):
    run = suite("-m", "operations", "--engine", f"{ENGINE}:make_engine", WRITTEN)
    assert run.ids("broken", "error", "kept") == set(), run.why()
    assert "let --engine return the sessionmaker" in run.output


@pytest.mark.parametrize("make", ["make_awaited", "make"])
def test_an_engine_may_be_awaited(make, suite):
    run = suite("-m", "operations", "--engine", f"{ENGINE}:{make}", WRITTEN)
    assert run.ids("kept") == {"CON-04"}, run.why()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        ("make_nothing", "it returned str, neither an AsyncEngine nor what makes sessions"),
        ("make_plain", "no pg_hba.conf entry"),
    ],
)
def test_an_engine_that_connects_nowhere_breaks_what_says_so_and_the_rest_is_not_checked(make, said, suite):
    run = suite("-m", "operations", "--engine", f"{ENGINE}:{make}", *CONNECTIONS)
    assert run.ids("broken", "error") == {"CON-06"}, run.why()
    assert run.ids("kept") == set()
    assert said in run.why()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "a:b"], "--engine is for -m operations"),
        (["--processes=3"], "--processes is for -m operations"),
        (["-m", "operations", "--engine", "amply.db"], "--engine is MODULE:CALLABLE, such as"),
        (["-m", "operations", "--engine-context", "amply.db:set"], "--engine-context is for --engine"),
        (["-m", "operations", "--processes", "0"], "--processes is a number from 1 to 50"),
        (["-m", "operations", "--server", "container"], "-m operations starts servers of its own"),
        (["-m", "operations", "--server", "postgresql://a:hunter2@b/"], "-m operations starts servers of its own"),
        (["-m", "operations", "--connection-string", "mysql://a:hunter2@b/c"], "--connection-string: it looks like"),
    ],
)
def test_4_says_that_an_option_is_wrong(arguments, said, suite):
    run = suite(*arguments)
    assert run.exit == 4
    assert said in run.output
    assert "Traceback" not in run.output
    assert "hunter2" not in run.output


def test_4_names_the_file_that_installs_what_is_missing(suite):
    run = suite("-m", "operations", "-p", "tests_suite.without_trustme")
    assert run.exit == 4
    assert "-m operations needs trustme: .venv/bin/python -m pip install -r requirements-operations.txt" in run.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "no.such.module:make"], "no.such.module:make: ModuleNotFoundError: No module named 'no'"),
        (["--engine", f"{ENGINE}:nothing"], f"{ENGINE}:nothing: AttributeError: "),
        (["--engine", f"{ENGINE}:make", "--engine-python", "/no/such/python"], "/no/such/python: No such file"),
    ],
)
def test_11_says_that_there_is_no_engine(arguments, said, suite):
    line = the_line(suite("-m", "operations", "-q", *arguments, WRITTEN), 11)
    assert line.startswith("Exit: the application's engine cannot be had: ")
    assert said in line


def test_no_password_is_shown_of_an_engine_that_tells_it(suite):
    run = suite("-m", "operations", "--engine", f"{ENGINE}:make_telling", ENCRYPTED, "-vv")
    assert run.ids("broken") == {"CON-06"}
    everything = run.output + "".join(
        path.read_text(errors="replace") for path in run.folder.rglob("*") if path.is_file()
    )
    assert "amply_app:***@" in everything
    assert not re.search(r"amply_app:(?!\*\*\*)\w", everything)


def hosts(home):
    """Processes that were started with a socket in this home."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"{home.path}/" in file.read_text() and "amply_engine_host" in file.read_text():
                found.append(int(file.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_run_that_is_ended(sign, home, tmp_path):
    here = tmp_path / "here"
    running = home.suite("-m", "operations", "--accident", f"wait=one_organisation_after={here}", FORGET)
    until(lambda: here.exists() or running.poll() is not None, "the test that waits")
    assert running.poll() is None, ended(running)[1]
    assert hosts(home)
    os.killpg(running.pid, sign)
    assert (sign == signal.SIGKILL) or ended(running)[0] == 2
    until(lambda: home.left() == [] == hosts(home), "the guard has cleaned up")


def test_an_engine_that_does_not_come_back_goes_with_its_run(home, tmp_path):
    here = tmp_path / "here"
    running = home.suite("-m", "operations", "--engine", f"{ENGINE}:make_stuck", WRITTEN, AMPLY_TEST_HERE=str(here))
    until(here.exists, "the engine that is stuck")
    running.kill()
    until(lambda: home.left() == [] == hosts(home), "the guard has cleaned up")
