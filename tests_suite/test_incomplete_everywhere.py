"""A bundle that is made from a part of the specification says `incomplete` wherever somebody may look."""

import json

import pytest

from evidence.projections import projections
from tests_suite.bundles import Bundle, called
from tests_suite.junit_schema import checked, outcomes, properties
from tests_suite.pages import Page, folded


@pytest.fixture
def part(suite):
    """The bundle of a run of the tests with a word in their names, which all passed."""
    run = suite("-k", "truncate")
    assert (run.exit, run.ids("broken", "error")) == (0, set()), run.output
    assert run.ids("kept")
    return Bundle(run.folder)


def in_evidence(content, left):
    document = json.loads(content)
    assert document["verdict"] == "incomplete"
    assert document["totals"]["not-checked"] == len(left)


def in_summary(content, left):
    text = content.decode()
    assert text.startswith("## ⚪ Ledger compliance: incomplete\n")
    assert f"{len(left)} not-checked" in text


def in_traceability(content, left):
    document = json.loads(content)
    assert document["verdict"] == "incomplete"
    told = {(one["id"], one["verdict"]) for statement in document["statements"] for one in statement["guarantees"]}
    assert {id_ for id_, verdict in told if verdict == "not-checked"} <= left
    assert not {id_ for id_, verdict in told if verdict == "kept"} & left


def in_junit(content, left):
    root = checked(content)
    assert root.get("name").endswith(": incomplete")
    assert properties(root[0])["verdict"] == "incomplete"
    assert outcomes(root)["", "verdict"] == "error"
    assert {id_ for (id_, name), ended in outcomes(root).items() if (name, ended) == ("not checked", "skipped")} == left


def in_report(content, left):
    page = Page(content)
    assert page.one("title")["text"].startswith("Incomplete: ")
    assert folded(page.one("h1")["text"]) == "Verdict: Incomplete"
    assert page.one("body")["attrs"]["data-verdict"] == "incomplete"
    assert folded(page.one("aside", class_="strip")["text"]).startswith("Incomplete. Not everything was checked")
    assert f"{len(left)} of 65 guarantees were not checked. This run is not a pass." in page.text
    assert {one["attrs"]["data-guarantee"] for one in page.all("article", data_verdict="not-checked")} == left


SAYS = {
    "evidence.json": in_evidence,
    "summary.md": in_summary,
    "traceability.json": in_traceability,
    "junit.xml": in_junit,
    "report.html": in_report,
}


def test_a_bundle_made_from_a_partial_run_says_incomplete_everywhere(part):
    document = part.document()
    assert set(projections(document)) == set(SAYS)
    left = {one["id"] for one in document["guarantees"] if one["verdict"] == "not-checked"}
    for name, says in SAYS.items():
        says((part.folder / name).read_bytes(), left)
    code, output, _ = called("verify", part.folder)
    assert code == 0, output
    assert "computed again from the tests: offline, incomplete, 65 guarantees" in output
    code, output, _ = called("verify", part.folder, "--expect-verdict", "kept")
    assert (code, output.splitlines()[-1]) == (1, "not verified")
    assert "the run is incomplete, not kept" in output
