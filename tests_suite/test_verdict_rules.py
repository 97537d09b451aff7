"""From the outcomes of tests to the verdict of a guarantee, and from those to the verdict of the run."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from evidence.deviations import Deviation
from evidence.verdict import Judged, Seen, TestSeen, judge, judge_all, run_verdict

TODAY = date(2026, 6, 30)
CORE = SimpleNamespace(id="LED-01", level="core")
HARDENING = SimpleNamespace(id="LED-03", level="hardening")
DECLARED = Deviation("LED-01", "because", TODAY)
EXPIRED = Deviation("LED-01", "because", TODAY - timedelta(1))


def seen(*outcomes, expected=None, partial=()):
    """What a run saw of LED-01 when its tests ended so; None is a test that did not run."""
    tests = {
        f"test_{number}": TestSeen(f"test_{number}", outcome or "passed", called=outcome is not None)
        for number, outcome in enumerate(outcomes)
    }
    return Seen(tests, {"LED-01": [f"test_{number}" for number in range(expected or len(outcomes))]}, set(partial))


def verdict(state, deviation=None):
    return judge(CORE, state, deviation, TODAY).verdict


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["passed", "passed"], "kept"),
        (["passed", "error"], "error"),
        (["passed", "failed"], "broken"),
        (["error", "failed"], "broken"),
        (["passed", None], "not-checked"),
        ([None], "not-checked"),
        ([], "not-checked"),
        ([None, "failed"], "broken"),
        ([None, "error"], "error"),
    ],
)
def test_the_worst_outcome_decides(outcomes, expected):
    assert verdict(seen(*outcomes)) == expected


def test_a_test_that_left_no_report_is_not_checked():
    assert verdict(seen("passed", expected=2)) == "not-checked"


def test_a_guarantee_that_was_not_wholly_collected_is_not_kept():
    assert verdict(seen("passed", partial={"LED-01"})) == "not-checked"
    assert verdict(seen("failed", partial={"LED-01"})) == "broken"


def test_a_guarantee_that_no_test_names_is_not_checked():
    assert judge(HARDENING, seen("passed"), None, TODAY).verdict == "not-checked"


def test_only_what_is_broken_deviates_and_only_in_time():
    assert verdict(seen("failed"), DECLARED) == "deviates"
    assert judge(CORE, seen("failed"), DECLARED, TODAY).note == "ends today"
    assert verdict(seen("failed"), EXPIRED) == "broken"
    assert verdict(seen("error"), DECLARED) == "error"
    assert verdict(seen(None), DECLARED) == "not-checked"
    assert verdict(seen("passed"), DECLARED) == "kept"


def test_a_deviation_of_what_is_kept_is_stale_expired_or_not():
    for deviation in (DECLARED, EXPIRED):
        judged = judge(CORE, seen("passed"), deviation, TODAY)
        assert judged.stale
        assert run_verdict([judged]) == "broken"


@pytest.mark.parametrize(
    ("reports", "outcome", "observed"),
    [
        ([("passed", ""), ("failed", "first"), ("error", "second")], "error", "second"),
        ([("passed", ""), ("error", "first"), ("failed", "second")], "error", "first"),
        ([("failed", ""), ("failed", "said later")], "failed", "said later"),
        ([("failed", "before"), ("passed", "")], "failed", "before"),
    ],
)
def test_a_test_keeps_its_worst_report_and_the_seconds_of_all(reports, outcome, observed):
    test = TestSeen("test")
    for one, said in reports:
        test.add(one, 0.5, said)
    assert (test.outcome, test.observed, test.seconds) == (outcome, observed, 0.5 * len(reports))


def run_of(*verdicts, require="all"):
    judged = [Judged(guarantee, one, (), None) for guarantee, one in zip((CORE, HARDENING), verdicts, strict=False)]
    return run_verdict(judged, require=require)


@pytest.mark.parametrize(
    ("core", "hardening", "of_all", "of_core"),
    [
        ("kept", "kept", "kept", "kept"),
        ("deviates", "kept", "kept", "kept"),
        ("kept", "broken", "broken", "kept"),
        ("broken", "kept", "broken", "broken"),
        ("error", "kept", "broken", "broken"),
        ("kept", "not-checked", "incomplete", "kept"),
        ("broken", "not-checked", "incomplete", "broken"),
        ("not-checked", "kept", "incomplete", "incomplete"),
    ],
)
def test_a_run_is_kept_only_if_all_that_counts_is(core, hardening, of_all, of_core):
    assert run_of(core, hardening) == of_all
    assert run_of(core, hardening, require="core") == of_core


@pytest.mark.parametrize("deviation", [Deviation("LED-03", "because", TODAY), Deviation("LED-03", "because", date.min)])
@pytest.mark.parametrize(("outcome", "declared"), [("kept", True), ("broken", True), ("broken", False)])
def test_what_is_declared_of_a_guarantee_that_does_not_count_fails_nothing(outcome, declared, deviation):
    judged = [Judged(CORE, "kept", ()), Judged(HARDENING, outcome, (), deviation if declared else None)]
    assert run_verdict(judged, require="core") == "kept"
    assert run_verdict(judged) == "broken"


def test_nothing_judged_is_incomplete():
    assert run_of() == "incomplete"


def test_verdicts_come_in_the_order_of_the_specification_each_with_its_own_deviation():
    judged = judge_all([HARDENING, CORE], seen("failed"), {"LED-01": DECLARED}, TODAY)
    assert [(one.guarantee.id, one.verdict) for one in judged] == [("LED-03", "not-checked"), ("LED-01", "deviates")]
