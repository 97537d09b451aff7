"""The verdict at the top of report.html, and what it means in a sentence."""

import pytest

from evidence.report import report
from tests_suite.oscal_documents import DECLARED, judged, of
from tests_suite.pages import Page, folded

SENTENCES = {
    "kept": (of(judged("kept", "LED-01"), judged("kept", "LED-02"), verdict="kept"),
             "All 2 guarantees in scope were examined, and hold."),
    "deviates": (of(judged("kept", "LED-01"), judged("deviates", "LED-03"), verdict="kept"),
                 "1 of 2 guarantees is kept. 1 of 2 guarantees is a declared deviation, with a reason and a last day."),
    "broken": (of(judged("kept", "LED-01"), judged("broken", "LED-03")), "1 of 2 guarantees does not hold."),
    "error": (of(judged("error", "LED-01")), "1 of 1 guarantee is unknown: the suite or its server failed."),
    "stale": (of(judged("kept", "LED-01", deviation=DECLARED)), "1 deviation is declared for what is kept: take it out."),
    "incomplete": (of(judged("kept", "LED-01"), judged("not-checked", "LED-03"), verdict="incomplete"),
                   "1 of 2 guarantees was not checked. This run is not a pass."),
    "nothing": (of(verdict="incomplete"), "No guarantee was judged. This run proves nothing and is not a pass."),
    "core": (of(judged("kept", "LED-01"), judged("broken", "LED-03"), verdict="kept", require="core"),
             "The one guarantee in scope was examined, and holds. Only guarantees of level core decide this verdict"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SENTENCES)
def test_the_verdict_comes_first_and_says_what_it_means(kind):
    document, says = SENTENCES[kind]
    page = Page(report(document))
    verdict = document["verdict"].capitalize()
    assert says in folded(page.one("section", class_=f"verdict v-{document['verdict']}")["text"])
    assert folded(page.one("h1")["text"]) == f"Verdict: {verdict}"
    assert page.one("title")["text"].startswith(f"{verdict}: ")
    assert page.text.index(says) < page.text.index("By area")
    assert bool(page.all("aside", class_="strip")) is (verdict == "Incomplete")
    assert page.text.count("not a pass") == (2 if verdict == "Incomplete" else 0)
