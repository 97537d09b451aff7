"""No password of a run reaches what it prints or writes, however much pytest is asked to show."""

import json

import pytest

from tests_suite.homes import _warmed, ended, home  # noqa: F401  # fixtures

SHOWN = {"plain": [], "verbose": ["-v"], "locals": ["-l", "--tb=long", "-vv"]}
NOTED = "passwords.txt"
NOTES = """
import json, os
from pathlib import Path
import pytest

@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    from fixtures.server import SUBJECT
    Path(os.environ["NOTED"]).write_text(json.dumps(session.config.stash[SUBJECT].server.passwords))

def pytest_runtest_call(item):
    if "nine_tables" in item.nodeid:
        from fixtures.server import SUBJECT
        password = item.config.stash[SUBJECT].server.passwords["postgres"]
        raise RuntimeError(f"a driver that quotes: user=postgres password={password} host=x")
"""


@pytest.mark.parametrize("shown", SHOWN)
def test_no_password_is_shown_when_a_test_or_the_server_dies(shown, home, tmp_path):  # noqa: F811
    (tmp_path / "notes.py").write_text(NOTES)
    noted = tmp_path / NOTED
    run = home.suite(
        *("-p", "notes", "--accident", "stop=test_a_truncate_is_refused_to_an_owner", *SHOWN[shown]),
        *("--evidence", tmp_path / "evidence", "tests_schema/test_shape_of_the_schema.py"),
        "tests_schema/test_ledger_is_never_emptied.py",
        PYTHONPATH=str(tmp_path),
        NOTED=str(noted),
    )
    _, output = ended(run)
    assert "a driver that quotes" in output
    assert "password=***" in output
    everything = output + (tmp_path / "evidence" / "evidence.json").read_text()
    passwords = json.loads(noted.read_text())
    assert len(passwords) == 4
    for role, password in passwords.items():
        assert password not in everything, role
