"""Declared deviations: what they excuse, until when, and what is wrong with a file of them."""

from datetime import date, timedelta

import pytest

from evidence.deviations import Deviation, DeviationsError, load
from tests_suite.conftest import QUICK, UNTOLD, run_in

TODAY = date(2026, 6, 30)
KNOWN = {"LED-01", "LED-03"}
GOOD = '[LED-03]\nbecause = "x"\nuntil = 2999-01-01\n'


def loaded(content, tmp_path):
    file = tmp_path / "deviations.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(file, KNOWN)


def test_a_file_is_read_with_a_byte_order_mark_and_windows_line_ends(tmp_path):
    text = GOOD.replace('"x"', '" x "').replace("\n", "\r\n")
    expected = {"LED-03": Deviation("LED-03", "x", date(2999, 1, 1))}
    assert loaded(b"\xef\xbb\xbf" + text.encode(), tmp_path) == expected


def test_an_empty_file_declares_nothing(tmp_path):
    assert loaded("# nothing\n", tmp_path) == {}


def test_the_last_day_counts():
    deviation = Deviation("LED-03", "x", TODAY)
    assert not deviation.expired(TODAY)
    assert deviation.expired(TODAY + timedelta(1))


@pytest.mark.parametrize(
    ("days", "said"),
    [(-1, ""), (0, "ends today"), (1, "ends in 1 day"), (14, "ends in 14 days"), (15, ""), (400, "")],
)
def test_what_ends_within_two_weeks_says_so(days, said):
    assert Deviation("LED-03", "x", TODAY + timedelta(days)).remark(TODAY) == said


def test_a_deviation_is_one_line_and_knows_its_place(tmp_path):
    found = loaded("\n" + GOOD.replace('"x"', '"""\n two\n lines"""'), tmp_path)["LED-03"]
    assert found.because == "two lines"
    assert found.place == (f"{tmp_path}/deviations.toml", 2)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ('[LED-03]\nbecause = "x"\nuntil =\n', 3, "not TOML"),
        (f"{GOOD}[LED-03]\n", 4, "not TOML"),
        ('[LED-03]\nbecause = "x', 2, "not TOML"),
        ("\n[LED-99]\n", 2, "LED-99: no such guarantee"),
        ("[LED-01]\n[LED-0]\n[LED-03]\n", 1, "LED-01: a deviation has"),
        (f"{GOOD}\n[LED-0]\n", 5, "LED-0: no such guarantee"),
        (f"{GOOD}\n[LED-01]\nuntil = 2999-01-01\n", 5, "LED-01: a deviation has exactly `because` and `until`"),
        (f"{GOOD}name = 1\n", 1, "LED-03: a deviation has exactly"),
        ("\nLED-03.because = 'x'\n", 2, "LED-03: a deviation has exactly"),
        ("\n\nLED-03 = 'x'\n", 3, "LED-03: a deviation has exactly"),
        ("\n[ 'LED-03' ]\n", 2, "LED-03: a deviation has exactly"),
        ("# LED-03\n" + GOOD.replace('"x"', '" "'), 2, "`because` is a sentence"),
        (GOOD.replace('"x"', "7"), 1, "`because` is a sentence"),
        (GOOD.replace("2999-01-01", '"2999-01-01"'), 1, "`until` is a date such as"),
        (GOOD.replace("2999-01-01", "2999-01-01T00:00:00Z"), 1, "`until` is a date such as"),
        (GOOD.replace("2999-01-01", "2999-02-30"), 3, "not TOML"),
        (b"\n# \xff", 2, "not UTF-8"),
        (f'{GOOD}["LED-0\\n::error::x"]\n', 1, r"'LED-0\n::error::x': no such guarantee"),
    ],
)
def test_a_fault_is_told_by_file_and_line(content, line, said, tmp_path):
    with pytest.raises(DeviationsError) as caught:
        loaded(content, tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/deviations.toml:{line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def declared(runner, tmp_path):
    """Runs a candidate that breaks LED-05 and SHP-07 with deviations declared until so many days from today."""

    def run(**days):
        lines = []
        for name, number in days.items():
            until = date.today() + timedelta(number)
            lines += [f"[{name.replace('_', '-')}]", f'because = "{number} days"', f"until = {until}"]
        (tmp_path / "deviations.toml").write_text("\n".join(lines))
        patches = ("--patch=mutants/led_update_trigger_not_always.sql", "--patch=mutants/shp_no_hash_check.sql")
        return run_in(runner, tmp_path, *patches, f"--deviations={tmp_path}/deviations.toml", *QUICK, *UNTOLD)

    return run


def test_what_is_broken_and_declared_deviates_and_fails_nothing(declared):
    run = declared(LED_05=0, SHP_07=30)
    assert (run.exit, run.evidence["verdict"]) == (0, "kept"), run.output
    assert run.ids("deviates") == {"LED-05", "SHP-07"}
    (one,) = [one for one in run.evidence["guarantees"] if one["id"] == "LED-05"]
    assert one["failures"]
    assert one["deviation"] == {"because": "0 days", "until": date.today().isoformat(), "stale": False}
    assert f"declared until {date.today()}, ends today: 0 days" in run.output
    assert (one["note"], "ends in" in run.output) == ("ends today", False)  # SHP-07 has a month left


def test_expired_and_stale_deviations_fail_the_run_and_say_so(declared):
    run = declared(LED_05=-1, LED_03=30, SHP_07=30)
    assert (run.exit, run.evidence["verdict"]) == (1, "broken"), run.output
    assert (run.ids("broken"), run.ids("deviates")) == ({"LED-05"}, {"SHP-07"})
    lines = {line.split()[1]: line for line in run.output.splitlines() if line.startswith(("broken ", "kept "))}
    assert f"expired on {date.today() - timedelta(1)}" in lines["LED-05"]
    assert "stale deviation" in lines["LED-03"]
