"""report.html in a real browser: the filter, the keyboard, addresses within it, and nothing that it asks for."""

import subprocess
import sys

import pytest
from selenium.webdriver.common.keys import Keys

from evidence.report import report
from tests_suite.browser import MISSING
from tests_suite.conftest import ROOT
from tests_suite.oscal_documents import of_all_offline

DOCUMENT = of_all_offline()
PAGE = report(DOCUMENT)
SHOWN = """return Array.from(document.querySelectorAll("article[data-guarantee]"))
    .filter((one) => one.getClientRects().length).map((one) => one.dataset.guarantee)"""
ALL = [one["id"] for one in DOCUMENT["guarantees"]]


def ids(**wanted):
    return [one["id"] for one in DOCUMENT["guarantees"] if all(one[key] == value for key, value in wanted.items())]


@pytest.fixture
def page(chromium):
    """The report of every offline guarantee, wide, on a light screen."""
    chromium.size(1280)
    chromium.media()
    chromium.open(PAGE)
    return chromium


def status(page):
    return page.js("return document.getElementById('shown').value")


def test_it_logs_nothing_and_asks_for_nothing_but_itself(page, tmp_path):
    file = page.open(PAGE, "#LED-03")
    page.click(".chip:has([value=broken])")
    page.click(f"#{ids(verdict='broken')[0]} button.copy")
    page.js("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))")
    page.pdf()
    assert page.asked() == [file.as_uri()]
    assert page.logged() == []


def test_its_policy_stops_what_is_not_of_the_page(page):
    page.js(
        """for (const [tag, told] of [["script", "document.title = 'pwned'"], ["style", "main {display: none}"]]) {
             const block = document.createElement(tag); block.textContent = told; document.head.append(block); }
           const picture = new Image(); picture.src = "https://evil.example/x.png"; document.body.append(picture);
           document.body.setAttribute("style", "display: none");
           const base = document.createElement("base"); base.href = "https://evil.example/"; document.head.append(base);"""
    )
    assert page.js("return document.title").startswith("Incomplete: ")
    assert page.js(SHOWN) == ALL
    assert page.js("return document.baseURI").startswith("file:")
    assert [one for one in page.asked() if not one.startswith("file:")] == []
    assert len(page.logged()) >= 5  # what it stopped


def test_the_filter_works_by_mouse_and_says_how_many_are_shown(page):
    assert (page.js(SHOWN), status(page)) == (ALL, f"{len(ALL)} of {len(ALL)} guarantees shown")
    page.click(".chip:has([value=broken])")
    broken = ids(verdict="broken")
    assert (page.js(SHOWN), status(page)) == (broken, f"{len(broken)} of {len(ALL)} guarantees shown")
    page.click(".chip:has([value=hardening])")
    assert page.js(SHOWN) == ids(verdict="broken", level="hardening")
    page.click(".chip:has([value=error])")
    chosen = {*ids(verdict="broken", level="hardening"), *ids(verdict="error", level="hardening")}
    assert {*page.js(SHOWN)} == chosen
    page.click("button[type=reset]")
    assert page.js(SHOWN) == ALL
    assert page.js("return document.getElementById('shown').getAttribute('aria-live')") == "polite"


def test_the_filter_works_by_keyboard_and_every_stop_is_seen(page):
    page.press(Keys.TAB)
    assert page.focused()["text"] == "Skip to the verdict"
    assert page.focused()["seen"]
    page.press(Keys.ENTER)
    assert page.focused()["id"] == "main"
    for _ in range(200):
        page.press(Keys.TAB)
        assert page.focused()["seen"], page.focused()
        if page.focused()["name"] == "verdict":
            break
    page.press(Keys.SPACE)
    assert page.js(SHOWN) == ids(verdict=page.focused()["value"])
    while page.focused()["name"] != "words":
        page.press(Keys.TAB)
        assert page.focused()["seen"], page.focused()
    page.press("ledger", Keys.ENTER)
    shown = page.js(SHOWN)
    assert 0 < len(shown) < len(ids(verdict="kept"))
    page.press(Keys.TAB)
    assert page.focused()["text"] == "Show all"
    page.press(Keys.ENTER)
    assert page.js(SHOWN) == ALL
    assert page.js("return location.href").endswith("#guarantees")
    assert page.logged() == []


def test_words_are_looked_for_in_everything_that_is_said_of_a_guarantee(page):
    page.click("#words")
    page.press("seen of LED-03 in TWO")
    assert page.js(SHOWN) == ["LED-03"]
    assert (
        page.js("return Array.from(document.querySelectorAll('section.area')).filter((one) => one.offsetHeight).length")
        == 1
    )
    page.press(" nowhere")
    assert (page.js(SHOWN), status(page)) == ([], f"0 of {len(ALL)} guarantees shown")


def test_the_filter_stands_in_the_address_and_comes_back_from_it(page):
    page.click(".chip:has([value=broken])")
    page.click("#words")
    page.press("a&b=c #%")
    address = page.js("return location.hash")
    assert address.startswith("#?verdict=broken&words=a")
    page.open(PAGE, address)
    assert page.js("return document.getElementById('words').value") == "a&b=c #%"
    assert page.js(SHOWN) == []
    page.open(PAGE, "#?verdict=error&verdict=broken&level=core&verdict=nonsense")
    assert {*page.js(SHOWN)} == {*ids(verdict="error", level="core"), *ids(verdict="broken", level="core")}


@pytest.mark.parametrize("address", ["#%", "#?%E0%A4%A", "#nowhere", "#?verdict", "#?", "#?verdict="])
def test_an_address_that_means_nothing_shows_everything(address, page):
    page.open(PAGE, address)
    assert page.js(SHOWN) == ALL
    assert page.logged() == []


def test_a_guarantee_has_an_address_and_is_shown_there_even_if_it_was_filtered_out(page):
    top = "return document.getElementById('LED-03').getBoundingClientRect().top"
    page.open(PAGE, "#LED-03")
    assert 0 <= page.js(top) < 200
    page.open(PAGE, "#?verdict=kept")
    assert "LED-03" not in page.js(SHOWN)
    page.js("location.hash = '#LED-03'")
    page.settled()
    assert page.js(SHOWN) == ALL
    assert 0 <= page.js(top) < 200


def test_details_open_and_close_by_keyboard(page):
    kept = ids(verdict="kept")[0]
    page.js(f"document.querySelector('#{kept} summary').focus()")
    for key, opened in ((Keys.ENTER, True), (Keys.SPACE, False)):
        page.press(key)
        assert page.js(f"return document.querySelector('#{kept} details').open") is opened


def test_a_block_is_copied(page):
    page.cdp("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    failed = ids(verdict="broken")[0]
    page.click(f"#{failed} button.copy")
    page.settled()
    assert page.js(f"return document.querySelector('#{failed} button.copy').textContent") == "Copied"
    assert page.js("return document.querySelector('[role=status]').textContent") == "Copied"
    assert page.js("return navigator.clipboard.readText()") == f"seen of {failed}\nin two lines"


def test_a_block_that_cannot_be_copied_is_selected(page):
    page.js("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))")
    failed = ids(verdict="broken")[0]
    page.click(f"#{failed} button.copy")
    page.settled()
    assert page.js(f"return document.querySelector('#{failed} button.copy').textContent") == "Selected"
    assert page.js("return getSelection().toString()") == f"seen of {failed}\nin two lines"


def test_everything_is_shown_where_scripts_do_not_run(chromium):
    chromium.size(1280)
    chromium.scripts(run=False)
    try:
        chromium.open(PAGE, "#?verdict=kept")
    finally:
        chromium.scripts(run=True)
    assert chromium.js(SHOWN) == ALL
    assert chromium.js("return document.getElementById('filter').offsetHeight") == 0
    assert chromium.js("return document.querySelectorAll('button.copy').length") == 0


def test_without_a_browser_the_tests_end_in_one_line():
    name = "tests_suite/test_report_in_browser.py::test_a_block_is_copied"
    words = [sys.executable, "-m", "pytest", "-q", name]
    done = subprocess.run(words, cwd=ROOT, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert MISSING in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
