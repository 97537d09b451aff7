"""report.html as it is drawn: colours, widths, paper, and texts of others that stay texts."""

import pytest

from evidence.report import report
from tests_suite.contrast import AA, contrast, luminance
from tests_suite.hostile_documents import WORDS, hostile
from tests_suite.oscal_documents import judged, of, of_all_offline
from tests_suite.rendered import BEYOND, COLOURS, FOLDED, NAMELESS

DOCUMENTS = {
    "kept": of(judged("kept", "LED-01"), judged("deviates", "LED-03"), verdict="kept"),
    "broken": of(judged("broken", "LED-01"), judged("error", "LED-03")),
    "incomplete": of_all_offline(),
    "nothing": of(verdict="incomplete"),
}
WIDTHS = (320, 360, 768, 1280)


@pytest.fixture(autouse=True)
def plain(chromium):
    chromium.size(1280)
    chromium.media()


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize(
    ("media", "scheme"), [("screen", "light"), ("screen", "dark"), ("print", "light"), ("print", "dark")]
)
def test_every_text_is_readable_as_it_is_drawn(media, scheme, kind, chromium):
    chromium.media(media, scheme)
    chromium.open(report(DOCUMENTS[kind]))
    if media == "screen":
        chromium.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        chromium.js("document.querySelectorAll('.chip input').forEach((box, at) => { box.checked = at % 2; })")
        chromium.js("document.querySelector('.skip').focus()")
    seen = chromium.js(COLOURS)
    assert len(seen) >= 3
    unreadable = {
        where: round(contrast(text, ground), 2) for text, ground, where in seen if contrast(text, ground) < AA
    }
    assert unreadable == {}
    assert all(len(text) == 3 and ground[3] == 1 for text, ground, _ in seen)  # nothing shines through
    ground = chromium.js("return getComputedStyle(document.body).backgroundColor")
    dark = luminance(*(int(one) for one in ground.removeprefix("rgb(").rstrip(")").split(","))) < 0.1
    assert dark is ((media, scheme) == ("screen", "dark"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_nothing_reaches_beyond_the_window(kind, width, chromium):
    chromium.size(width)
    chromium.open(report(DOCUMENTS[kind]))
    chromium.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert chromium.js(BEYOND) == [0, 0, []]


def test_on_a_narrow_window_names_of_areas_stay_whole_whatever_verdicts_there_are(chromium):
    chromium.size(360)
    chromium.open(report(DOCUMENTS["incomplete"]))
    lines = """return Array.from(document.querySelectorAll('.areas tbody a'), (one) => {
        const text = document.createRange(); text.selectNodeContents(one); return text.getClientRects().length; })"""
    assert {*chromium.js(lines)} == {1}
    assert chromium.js("return document.querySelectorAll('.areas thead .count').length") == 5


@pytest.mark.parametrize("kind", WORDS)
def test_what_others_wrote_stays_text_and_keeps_the_page_in_shape(kind, chromium):
    file = chromium.open(report(hostile(WORDS[kind])))
    for width in (360, 1280):
        chromium.size(width)
        chromium.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert chromium.js(BEYOND) == [0, 0, []]
    assert chromium.js("return document.title").startswith("Broken: ")
    assert chromium.js("return document.querySelectorAll('main article').length") == 6
    assert chromium.js("return document.querySelectorAll('h1').length") == 1
    assert chromium.js("return document.querySelectorAll('script').length") == 1
    assert chromium.js("return document.querySelectorAll('img, iframe, object, embed, link, base').length") == 0
    assert chromium.js("return Array.from(document.links).every((one) => one.protocol === 'file:')")
    assert chromium.js("return document.activeElement.tagName") == "BODY"
    assert (chromium.logged(), chromium.asked()) == ([], [file.as_uri()])
    text = chromium.js("return document.body.innerText")
    assert ("{{7*7}}" in text) is (kind == "a template")
    assert not {char for char in text if "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"}


def test_no_heap_of_marks_on_a_letter_covers_another_guarantee(chromium):
    chromium.open(report(hostile(WORDS["marks over marks"])))
    for selector in ("article", ".attention li", ".deviations li", ".files li", ".pairs div"):
        clips = "return Array.from(document.querySelectorAll(arguments[0]), (one) => getComputedStyle(one).overflow)"
        assert {*chromium.js(clips, selector)} == {"clip"}, selector


def test_on_paper_everything_is_open_nothing_is_filtered_and_no_control_is_shown(chromium):
    chromium.open(report(DOCUMENTS["incomplete"]), "#?verdict=kept")
    chromium.media("print")
    assert chromium.js(FOLDED) == 0
    assert chromium.js("return Array.from(document.querySelectorAll('article')).every((one) => one.offsetHeight > 0)")
    for control in ("#filter", "button.copy", ".top nav", ".skip"):
        assert chromium.js("return document.querySelector(arguments[0]).offsetHeight", control) == 0
    assert chromium.js("return getComputedStyle(document.querySelector('.strip')).position") == "static"
    assert chromium.js("return getComputedStyle(document.body).page") == "incomplete"
    chromium.media()
    assert chromium.js(FOLDED) > 0


def test_on_an_incomplete_run_the_warning_stays_in_sight(chromium):
    chromium.open(report(DOCUMENTS["incomplete"]), "#ROL-01")
    top, bottom = chromium.js(
        "const box = document.querySelector('.strip').getBoundingClientRect(); return [box.top, box.bottom]"
    )
    assert (top, 20 < bottom < 120) == (0, True)
    assert chromium.js("return scrollY") > 1000
    assert chromium.js("return document.getElementById('ROL-01').getBoundingClientRect().top") >= bottom


def test_what_the_keyboard_reaches_has_a_name_and_landmarks_are_there(chromium):
    chromium.open(report(DOCUMENTS["incomplete"]))
    nodes = [node for node in chromium.cdp("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
    roles = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes]
    assert [role for role, name in roles if role in NAMELESS and not name.strip()] == []
    names = dict(roles)
    assert {"banner", "main", "contentinfo", "navigation", "complementary", "search"} <= names.keys()
    assert names["heading"]
    checkboxes = [name for role, name in roles if role == "checkbox"]
    assert f"Not checked {DOCUMENTS['incomplete']['totals']['not-checked']}" in [
        " ".join(name.split()) for name in checkboxes
    ]
    assert len([role for role, _ in roles if role == "article"]) == len(DOCUMENTS["incomplete"]["guarantees"])
