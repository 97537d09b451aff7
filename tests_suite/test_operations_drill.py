"""`python -m tools.drill`: what it writes, how it ends, and that it asks what the tests ask."""

import json
import os
import signal

import pytest

from spec import GUARANTEES
from support.recovery.verdicts import ASKED, CRASHES
from tests_suite.homes import _warmed, ended, home, until  # noqa: F401
from tests_suite.operations_mutants import UNLOGGED

# ruff: noqa: F811  # fixtures are imported
QUICK = ("--entries", "200", "--crashes", "3")
RECOVERY = {id_ for id_, one in GUARANTEES.items() if id_.startswith("REC") and not one.planned}
REFERENCE = "candidates/reference"


def drill(home, *arguments):
    return home.start("-m", "tools.drill", *arguments)


def test_a_drill_is_reported_and_leaves_nothing_else(home, tmp_path):
    code, output = ended(drill(home, *QUICK, "--evidence", tmp_path / "out"))
    assert code == 0, output
    assert home.left() == []
    content = json.loads((tmp_path / "out" / "drill.json").read_text())
    assert (content["format"], content["verdict"]) == ("amply-compliance-drill/1", "kept")
    assert {one["id"] for one in content["guarantees"]} == RECOVERY == ASKED.keys() | {CRASHES}
    assert {one["verdict"] for one in content["guarantees"]} == {"kept"}
    assert [*content["measured"]["restores"]] == ["snapshot", "restored", "latest"]
    assert content["measured"]["lost"]["entries"] > 0
    assert content["extrapolated"]["gigabytes"] == 500
    assert "not a measurement" in content["extrapolated"]["note"]
    assert len(content["crashes"]) == 3
    text = (tmp_path / "out" / "drill.md").read_text()
    assert all(f"| {id_} |" in text for id_ in RECOVERY)
    assert output.splitlines()[-1] == "verdict: kept"
    assert "a restore: snapshot" in output  # progress


def test_a_broken_promise_is_reported_and_ends_with_1(home, tmp_path):
    patch = tmp_path / "unlogged.sql"
    patch.write_text(UNLOGGED + ";\n")
    code, output = ended(drill(home, *QUICK, "--schema", REFERENCE, "--schema", patch, "--evidence", tmp_path / "out"))
    assert code == 1, output
    content = json.loads((tmp_path / "out" / "drill.json").read_text())
    broken = {one["id"]: one["observed"] for one in content["guarantees"] if one["verdict"] == "broken"}
    assert {"REC-01", "REC-02", "REC-08"} <= broken.keys()
    assert all(broken.values())
    assert "broken   REC-01" in output


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--schema", "nowhere"), 4, "python -m tools.drill: --schema nowhere: no such file or directory"),
        (("--crashes", "2"), 4, "python -m tools.drill: --crashes is 3 or more"),
        (("--crashes", "many"), 4, "python -m tools.drill: argument --crashes"),
        (("--fast",), 4, "python -m tools.drill: unrecognized arguments: --fast"),
        (("--evidence", "Makefile"), 4, "python -m tools.drill: --evidence Makefile"),
        (("--schema", "README.md"), 11, "the candidate cannot be applied: "),
    ],
    ids=str,
)
def test_what_cannot_be_held_is_said_in_a_line(arguments, code, says, home):
    found, output = ended(drill(home, *arguments))
    assert found == code, output
    assert output.splitlines()[-1].startswith(says)
    assert "Traceback" not in output
    assert home.left() == []


def in_the_midst(home):
    """A drill with more than one server, in its crashes."""
    running = drill(home, "--entries", "200", "--crashes", "1000")
    for line in running.stdout:
        if "crash 2 of 1000" in line:
            return running
    raise AssertionError("the drill ended")


def test_an_interrupted_drill_says_so_and_leaves_nothing(home):
    running = in_the_midst(home)
    os.killpg(running.pid, signal.SIGINT)
    code, output = ended(running)
    assert code == 2, output
    assert output.splitlines()[-1] == "interrupted: nothing was concluded"
    assert home.left() == []


def test_a_killed_drill_leaves_nothing(home):
    running = in_the_midst(home)
    running.kill()
    until(lambda: home.left() == [], "the guards have cleaned up")
