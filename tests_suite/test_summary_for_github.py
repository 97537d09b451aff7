"""Step summary and annotations: of any document, whatever others wrote into it. How the action runs: test_action.py."""

import re
from html.parser import HTMLParser

import pytest

from evidence import annotations, markdown
from evidence.annotations import MOST, Annotation, capped, of_run
from evidence.inert import plain
from tests_suite.action_job import told

HOSTILE = (
    "| `x` ``` <script>alert(1)</script> </pre></code></td></table></details>\n\n# big\n\n[a](https://evil.example) "
    "@octocat #12 https://evil.example &lt; <!-- \r\n::error::pwned\n::stop-commands::x\n%0A\u202e\x1b[31m\x00\ud800"
)
TAGS = {"table", "tr", "th", "td", "details", "summary", "code", "pre", "p", "b", "br"}


def guarantee(id_, verdict, *, level="core", says="A sentence.", observed="seen", note="", deviation=None):
    failures = [{"nodeid": f"t.py::{id_}", "observed": observed, "remedy": "ALTER ..."}]
    return {
        "id": id_, "level": level, "area": "chain", "says": says, "source": 'Ledger: "words"', "verdict": verdict,
        "note": note, "tests": [], "deviation": deviation,
        "failures": failures if verdict in ("broken", "error", "deviates") else [],
    }  # fmt: skip


def declared(*, stale=False, because="a reason"):
    return {"because": because, "until": "2030-01-01", "stale": stale}


def document(*guarantees, verdict="broken", require="all", path="alembic.ini"):
    totals = {name: sum(one["verdict"] == name for one in guarantees) for name in markdown._ORDER}
    return {
        "verdict": verdict, "scope": "offline", "require": require, "started": "2026-01-01T00:00:00Z", "seconds": 7.1,
        "suite": {"version": "0.1.0", "commit": ""}, "totals": totals, "guarantees": [*guarantees],
        "candidate": {"kind": "alembic", "sources": [{"path": path, "sha256": ""}], "catalog_sha256": "ab"},
        "environment": {"server": "PostgreSQL 15.19", "server_kind": "wheel"},
    }  # fmt: skip


class Shown(HTMLParser):
    """The elements of a summary, and the text in <code> and <pre>."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.shown = [], set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert attrs in ([], [("align", "left")])
        self.tags.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)

    def handle_data(self, data):
        if {"code", "pre"} & set(self.open):
            self.shown.append(data)


def test_the_verdict_comes_first_then_what_is_not_kept_then_the_rest_folded():
    text = markdown.summary(
        document(
            guarantee("A-01", "kept"), guarantee("A-02", "deviates", deviation=declared()), guarantee("A-03", "broken"),
            guarantee("A-04", "not-checked", note="not read"), guarantee("A-05", "error"),
            guarantee("A-06", "kept", deviation=declared(stale=True)),
        )
    )  # fmt: skip
    counts = "1 broken, 1 error, 1 not-checked, 1 deviates, 2 kept"
    assert text.startswith(f"## ❌ Ledger compliance: broken\n\nScope offline: {counts}.")
    order = [text.index(f"<b>{id_}</b>") for id_ in ("A-03", "A-05", "A-04", "A-02", "A-06")]
    assert order == sorted(order)
    assert order[-1] < text.index("<details>") < text.index("<b>A-01</b>") < text.index("### First failures")
    assert "stale deviation: take it out" in text
    assert "2030-01-01" in text[text.index("### Declared deviations") :]


@pytest.mark.parametrize("place", ["observed", "says", "note", "because", "path"])
def test_what_others_wrote_is_text(place):
    one = {place: HOSTILE} if place in ("observed", "says", "note") else {}
    deviation = declared(because=HOSTILE if place == "because" else "x")
    content = document(
        guarantee("A-01", "broken", deviation=deviation, **one), path=HOSTILE if place == "path" else "alembic.ini"
    )
    text = markdown.summary(content)
    text.encode()
    shown = Shown(text)
    assert shown.tags <= TAGS
    assert shown.open == []
    marked = [line for line in text.splitlines() if "evil" in line or "octocat" in line or "pwned" in line]
    assert marked
    for line in marked:  # each within an HTML block, which a line of another kind or a blank one would end
        assert re.match(r"<(tr|p|table|details)>", line)
        outside = re.sub(r"<(code|pre)>.*?</\1>", "", line)
        assert place == "says" or not re.search("evil|octocat|pwned|script", outside)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", text)


def test_a_run_that_judged_nothing_says_why():
    text = markdown.early_end(11, f"the candidate cannot be applied: {HOSTILE}")
    assert text.startswith(
        "## ❌ Ledger compliance: nothing was judged\n\nThe candidate cannot be applied (exit code 11)."
    )
    assert Shown(text).tags == {"pre"}
    assert len(re.findall(r"\n\n", text)) == 3


def test_it_stays_below_the_limit_and_says_what_is_left_out():
    observed = HOSTILE * 999
    huge = [guarantee(f"A-{number}", "broken", observed=observed, says="ü" * 9999) for number in range(3000)]
    for most in (markdown.MOST, 2000):
        text = markdown.summary(document(*huge), most)
        assert len(text.encode()) <= most
        assert text.startswith("## ❌ Ledger compliance: broken")
        assert "do not fit here" in text
        assert Shown(text).open == []


def test_one_annotation_for_each_broken_guarantee_at_the_candidate_or_the_deviation():
    found = of_run(
        document(
            guarantee("A-01", "kept", deviation=declared(stale=True)),
            guarantee("A-02", "deviates", deviation=declared(), note="ends in 3 days"),
            guarantee("A-03", "deviates", deviation=declared()), guarantee("A-04", "not-checked", note="not read"),
            guarantee("A-05", "broken", deviation=declared(), note="expired"), guarantee("A-06", "error"),
        ),
        ("alembic.ini", 0), {"A-01": ("d.toml", 1), "A-02": ("d.toml", 5), "A-05": ("d.toml", 9)},
    )  # fmt: skip
    assert [(one.level, one.name, one.place) for one in found] == [
        ("error", "A-05", ("d.toml", 9)),
        ("error", "A-06", ("alembic.ini", 0)),
        ("error", "not-checked", ("", 0)),
        ("warning", "A-01", ("d.toml", 1)),
        ("warning", "A-02", ("d.toml", 5)),
    ]
    assert "observed: seen" in found[1].message
    assert "expired" in found[0].message


def test_what_does_not_decide_warns():
    broken, unchecked = (
        guarantee("A-01", "broken", level="hardening"),
        guarantee("A-02", "not-checked", level="hardening"),
    )
    found = of_run(document(broken, unchecked, guarantee("A-03", "broken"), require="core"))
    assert [(one.level, one.name) for one in found] == [("error", "A-03"), ("warning", "A-01")]
    text = markdown.summary(document(broken, guarantee("A-03", "broken"), require="core"))
    assert text.index("<b>A-03</b>") < text.index("<b>A-01</b>") < text.index("does not decide")


@pytest.mark.parametrize(("number", "last"), [(1, "A-0"), (10, "A-9"), (11, "2 more"), (40, "31 more")])
def test_there_are_at_most_ten_and_the_tenth_says_how_many_more(number, last):
    found = capped(of_run(document(*(guarantee(f"A-{n}", "broken") for n in range(number)))))
    assert len(found) == min(number, MOST)
    assert found[-1].title.startswith(last)
    if number == 11:
        assert found[-1].message == "A-9, A-10"


def test_an_annotation_is_one_line_that_the_runner_reads_back():
    one = Annotation("error", "a: b, c %0A\nd", HOSTILE, ("a,b:c%.py", 3))
    line = str(one)
    assert "\n" not in line
    assert "\r" not in line
    (read,) = told(line)
    assert read == {
        "level": "error",
        "title": "a: b, c %0A d",
        "file": "a,b:c%.py",
        "line": "3",
        "message": plain(HOSTILE),
    }


def test_of_an_early_end_there_is_one():
    assert str(annotations.of_early_end(10, "no usable PostgreSQL 15: x")) == (
        "::error title=No usable PostgreSQL 15 (exit code 10)::no usable PostgreSQL 15: x"
    )
