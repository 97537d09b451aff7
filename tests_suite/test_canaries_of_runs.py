"""Whatever way a run ends, and however much it is asked to show, no canary stands in anything that it leaves."""

# ruff: noqa: F811  # fixtures are imported
import pytest

from tests_suite.canary_runs import FILES, LOUD, Garden
from tests_suite.homes import _warmed, home  # noqa: F401

ENDS = {
    "verdicts on two workers": (("-n2", *LOUD), 1, "verdict: incomplete"),
    "verdicts in one process, nothing captured": (("-v", "-s", "-W", "default"), 1, "verdict: incomplete"),
    "a server that dies": (("--accident", "stop=is_refused_to_an_owner", *LOUD), 1, "verdict: incomplete"),
    "a file that is not collected": (("-n2", "tests_schema/test_rules_on_entries.py"), 1, "verdict: incomplete"),
    "a worker that dies": (("-n2", "--accident", "kill=longer_value", *LOUD), 1, "verdict: incomplete"),
}


@pytest.fixture
def garden(tmp_path):
    return Garden(tmp_path)


@pytest.mark.parametrize("end", ENDS)
def test_no_canary_after(end, garden, home):
    words, code, said = ENDS[end]
    found, output = garden.run(home, *words, *FILES)
    assert not (leaks := garden.leaks()), "\n".join(leaks)
    assert found == code, output
    assert said in output
    for file in ("evidence/evidence.json", "evidence/catalog.json", "junit.xml", "step_summary.md"):
        assert "***" in (garden.out / file).read_text(), file
