"""From what the tests saw to the verdict of each guarantee, and from those to the verdict of the run."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from evidence.deviations import Deviation
from spec import Guarantee

Outcome = Literal["passed", "failed", "error"]
Verdict = Literal["kept", "broken", "deviates", "error", "not-checked"]
RunVerdict = Literal["kept", "broken", "incomplete"]
_WORST: dict[str, int] = {"passed": 0, "failed": 1, "error": 2}


@dataclass
class TestSeen:
    """One test: its worst outcome over set-up, call and tear-down, seconds, and what it observed if it failed."""

    __test__ = False

    nodeid: str
    outcome: Outcome = "passed"
    seconds: float = 0.0
    observed: str = ""
    called: bool = False  # its body ran to its end, or it failed before
    unread: str = ""  # why it could not be judged: what it asks for was not read

    def add(self, outcome: Outcome, seconds: float, observed: str) -> None:
        """Take in one phase, or a second report of the same test: the worst wins."""
        self.seconds += seconds
        if _WORST[outcome] > _WORST[self.outcome] or (outcome != "passed" and not self.observed):
            self.outcome, self.observed = max(outcome, self.outcome, key=_WORST.__getitem__), observed or self.observed


@dataclass(frozen=True)
class Judged:
    """A guarantee and its verdict; `note` says why where the tests alone do not."""

    guarantee: Guarantee
    verdict: Verdict
    tests: tuple[TestSeen, ...]
    deviation: Deviation | None = None
    note: str = ""

    @property
    def stale(self) -> bool:
        """A deviation is declared, but the guarantee is kept."""
        return self.deviation is not None and self.verdict == "kept"


@dataclass
class Seen:
    """What a run saw: tests by node id, which tests show which guarantee, and guarantees not wholly collected."""

    tests: dict[str, TestSeen] = field(default_factory=dict)
    shown_by: dict[str, list[str]] = field(default_factory=dict)
    partial: set[str] = field(default_factory=set)


def judge(guarantee: Guarantee, seen: Seen, deviation: Deviation | None, today: date) -> Judged:
    """The verdict of one guarantee: the worst of its tests; not-checked unless every one of them ran."""
    expected = seen.shown_by.get(guarantee.id, [])
    known = [seen.tests[nodeid] for nodeid in expected if nodeid in seen.tests]
    ran = tuple(test for test in known if test.called and not test.unread)
    outcomes = {test.outcome for test in ran}
    verdict: Verdict
    note = ""
    if "failed" in outcomes:
        verdict = "broken"
        if deviation and deviation.expired(today):
            note = f"the deviation declared for it expired on {deviation.until}"
        elif deviation:
            verdict, note = "deviates", deviation.remark(today)
    elif "error" in outcomes:
        verdict = "error"
    elif not ran or len(ran) < len(expected) or guarantee.id in seen.partial:
        verdict = "not-checked"
        unread = list(dict.fromkeys(test.unread for test in known if test.unread))
        note = "; ".join(unread) or ("none of its tests ran" if not ran else "not all of its tests ran")
    else:
        verdict = "kept"
    return Judged(guarantee, verdict, ran, deviation, note)


def judge_all(
    guarantees: Iterable[Guarantee], seen: Seen, deviations: Mapping[str, Deviation], today: date
) -> list[Judged]:
    """The verdicts in the order of the specification."""
    return [judge(guarantee, seen, deviations.get(guarantee.id), today) for guarantee in guarantees]


def run_verdict(judged: Collection[Judged], *, require: str = "all") -> RunVerdict:
    """kept: every guarantee that counts is kept or declared, and no deviation of one is stale. Nothing judged is incomplete."""
    counted = [one for one in judged if require == "all" or one.guarantee.level == "core"]
    if not counted or any(one.verdict == "not-checked" for one in counted):
        return "incomplete"
    if any(one.verdict not in ("kept", "deviates") or one.stale for one in counted):
        return "broken"
    return "kept"
