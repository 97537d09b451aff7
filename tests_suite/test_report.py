"""report.html: all that the evidence says, inert, and nothing from elsewhere. In a browser: test_report_in_browser.py."""

import base64
import hashlib
import itertools
import os
import re
import subprocess
import sys

import pytest

from evidence.report import command, report
from evidence.verdict import Judged, TestSeen
from evidence.verify import parsers
from spec import GUARANTEES
from tests_suite.conftest import ROOT
from tests_suite.hostile_documents import WORDS, hostile
from tests_suite.oscal_documents import DECLARED, judged, of, of_every_verdict
from tests_suite.pages import LANDMARKS, Page, folded

LIVE = {
    "server": "", "server_kind": "", "python": "3.13.0", "packages": {"boto3": "1.44.5"}, "ci": {"GITHUB_SHA": "abc"},
    "account": "123456789012", "region": "eu-central-1", "instance": "amply-prod", "target": "production",
    "account_read": "2027-01-02T03:04:05Z", "account_replayed": "no", "live_host": "db.example",
}  # fmt: skip


@pytest.fixture(scope="module")
def every():
    return Page(report(of_every_verdict("what was seen")))


@pytest.mark.parametrize("kind", WORDS)
def test_it_is_well_formed_and_loads_nothing_whatever_others_wrote(kind):
    document = hostile(WORDS[kind])
    content = report(document)
    page = Page(content)
    assert len({*page.ids}) == len(page.ids)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\ud800-\udfff\ufffe]", content.decode())
    assert {one["attrs"]["href"][1:] for one in page.all("a")} <= {*page.ids}
    assert "49" not in page.of("SHP-02")
    shown = [(one["id"], one["verdict"]) for one in document["guarantees"]]
    assert [(one["attrs"]["data-guarantee"], one["attrs"]["data-verdict"]) for one in page.all("article")] == shown
    assert page.one("body")["attrs"]["data-verdict"] == "broken"
    assert parsers.page(content) == (shown, {"broken"})


def test_its_policy_allows_its_own_two_blocks_and_nothing_else(every):
    digests = {
        tag: base64.b64encode(hashlib.sha256(every.one(tag)["text"].encode()).digest()).decode()
        for tag in ("style", "script")
    }
    assert every.one("meta", http_equiv="Content-Security-Policy")["attrs"]["content"] == (
        f"default-src 'none'; script-src 'sha256-{digests['script']}'; style-src 'sha256-{digests['style']}'; "
        "base-uri 'none'; form-action 'none'"
    )
    styles = every.one("style")["text"]
    assert "@import" not in styles
    assert "url(" not in styles


def test_headings_are_in_order_and_everything_is_in_a_landmark(every):
    levels = [int(one["tag"][1]) for one in every.elements if re.fullmatch("h[1-6]", one["tag"])]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for one in every.all("p") + every.all("h2") + every.all("article"):
        assert LANDMARKS & {*one["within"]}, one
    assert every.one("a", class_="skip")["attrs"]["href"] == "#main"
    first = next(one for one in every.elements if one["tag"] == "a")
    assert first["attrs"]["class"] == "skip"
    assert every.one("html")["attrs"]["lang"] == "en-GB"


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        ("kept", "Kept"),
        ("broken", "Broken"),
        ("deviates", "Deviates"),
        ("error", "Error"),
        ("not-checked", "Not checked"),
    ],
)
def test_a_guarantee_tells_all_that_is_known_of_it(verdict, says, every):
    id_ = every.all("article", data_verdict=verdict)[0]["attrs"]["data-guarantee"]
    text, guarantee = every.of(id_), GUARANTEES[id_]
    section, words = guarantee.section, guarantee.words
    for told in (id_, says, guarantee.level, guarantee.says, section, words):
        assert folded(told) in text
    if verdict in ("broken", "error", "deviates"):
        assert folded(guarantee.remedy) in text
        assert "what was seen" in text
        assert f"t.py::{id_}" in text
    if verdict in ("broken", "error"):
        assert all("open" in one["attrs"] for one in every.all("details", class_="failure")[:1])
    if verdict == "deviates":
        assert f"Declared until {DECLARED.until}: {DECLARED.because}" in text
    if verdict == "kept":
        assert "1 test: 1 passed, 0.100 s" in text
    if verdict == "not-checked":
        assert "What was seen" in text  # its note


def test_failures_that_observed_the_same_stand_together_and_all_of_them_stand_there():
    seen = [TestSeen(f"t.py::test[{number}]", "failed", 0.1, f"row {number // 2}") for number in range(12)]
    page = Page(report(of(Judged(GUARANTEES["LED-03"], "broken", tuple(seen)))))
    text = page.of("LED-03")
    assert "Observed by 2 tests row 0 t.py::test[0] t.py::test[1]" in text
    assert "3 more observations" in text
    assert all(f"t.py::test[{number}]" in text for number in range(12))
    assert all(f"row {number}" in text for number in range(6))
    assert text.count(folded(GUARANTEES["LED-03"].remedy)) == 1


def test_seconds_are_added_alike_by_every_python():
    seen = tuple(TestSeen(f"t.py::{number}", "passed", one) for number, one in enumerate((0.0005, 0.0047, 0.0003)))
    page = Page(report(of(Judged(GUARANTEES["LED-03"], "kept", seen), verdict="kept")))
    assert "3 tests: 3 passed, 0.006 s" in page.of("LED-03")  # 0.005 by the sum() of Python 3.11


def test_it_says_what_it_rests_on():
    document = of(judged("kept", "LED-03"), verdict="kept", environment=LIVE, scope="live")
    document["candidate"] |= {"left_out": ["an extension"], "revision": "3f2a"}
    document["candidate"]["sources"][0]["redacted"] = True
    text = Page(report(document)).text
    for told in (
        *(
            "ab" * 32,
            "cd" * 32,
            "schema.sql",
            "up to 3f2a",
            "without its passwords",
            "an extension",
            "123456789012",
            "eu-central-1",
        ),
        *("amply-prod (production)", "db.example", "boto3 1.44.5", "GITHUB_SHA abc", "3.13.0", "0" * 40),
        *(document["suite"]["spec_sha256"], "the real instance", "2027-01-02 03:06:05 UTC"),
    ):
        assert told in text, told


def test_areas_have_an_address_each_however_they_are_called():
    document = of(*(judged("kept", f"LED-0{number}") for number in (1, 2, 3)), verdict="kept")
    for one, name in zip(document["guarantees"], ("a b", "a-b", "\u00e9"), strict=True):
        one["area"] = name
    areas = [one["attrs"]["id"] for one in Page(report(document)).all("section", class_="area")]
    assert areas == ["area-a-b", "area-a-b-2", "area-other"]


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        ([], "Candidate (sql)"),
        (["a/b.sql"], "Candidate a/b.sql (sql)"),
        (["a/b.sql", "a/c.sql"], "Candidate a (sql, 2 files)"),
        (["a/b.sql", "d/c.sql", "d/e.sql"], "Candidate a/b.sql and 2 more files (sql)"),
    ],
)
def test_the_candidate_is_named_at_the_top(paths, says):
    document = of(judged("kept", "LED-03"), verdict="kept")
    (one,) = document["candidate"]["sources"]
    document["candidate"]["sources"] = [{**one, "path": path} for path in paths]
    assert folded(Page(report(document)).one("p", class_="scope")["text"]) == says


@pytest.mark.parametrize("commit", ["0" * 40, "0" * 40 + "+changes", "", "; rm -rf /"])
def test_the_command_that_verifies_names_a_commit_only_if_it_can_be_compared(commit):
    document = of(judged("kept", "LED-03"), verdict="kept")
    document["suite"]["commit"] = commit
    told = command(document)
    assert told.startswith("python -m evidence verify evidence-out --key evidence-key.pub --expect-verdict kept")
    assert ("--expect-commit" in told) is (commit == "0" * 40)
    assert "rm" not in told
    assert told in Page(report(document)).text


def test_the_numbers_of_the_chart_are_those_of_the_document(whole):
    page = Page(report(whole.evidence))
    rows = [folded(one["text"]).rsplit(" ", 1) for one in page.all("tr") if "tbody" in one["within"]][:6]
    areas = {area: int(count) for area, count in rows}
    assert areas == {
        area: sum(one["area"] == area for one in whole.evidence["guarantees"])
        for area in dict.fromkeys(one["area"] for one in whole.evidence["guarantees"])
    }
    assert sum(areas.values()) == whole.evidence["totals"]["kept"]


def test_the_same_document_gives_the_same_bytes_in_every_process():
    program = (
        "import hashlib; from evidence.projections import projections; from tests_suite.oscal_documents import *;"
        ""
        "document = of(*(judged('kept', f'{area}-01') for area in ('SHP', 'LED', 'CHN', 'TEN', 'GRT', 'ROL')));"
        "print(hashlib.sha256(repr(projections(document)).encode()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(seen) == 1


@pytest.mark.parametrize("field", ["level", "says", "deviation"])
def test_a_document_without_what_its_format_has_makes_no_page(field):
    document = of_every_verdict()
    del document["guarantees"][0][field]
    with pytest.raises((ValueError, KeyError)):
        report(document)
