"""A headless Chromium for tests of the report: what it shows, what it logged, and what it asked for."""

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service

BROWSERS = ("chromium", "google-chrome")  # the second is what GitHub's machines have
MISSING = "no Chromium for the tests of the report: apt-get install chromium chromium-driver"
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    *("--disable-default-apps", "--no-default-browser-check", "--password-store=basic"),
)
_FAILED = "Network.loadingFailed"
_FOCUSED = """
const it = document.activeElement, next = it.nextElementSibling;
const outlined = (one) => {
  const style = getComputedStyle(one);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 1;
};
return {
  tag: it.tagName.toLowerCase(), name: it.name || "", value: it.value || "", id: it.id, text: it.textContent.trim(),
  seen: it.matches(":focus-visible") && (it.matches(".chip input") ? outlined(next) : outlined(it)),
};
"""


class Browser:
    """A browser with one page. Sizes are CSS pixels."""

    def __init__(self, driver: webdriver.Chrome, folder: Path) -> None:
        self.driver, self._folder, self._count = driver, folder, 0

    def cdp(self, command: str, **given: object) -> dict:
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(command, given)

    def js(self, text: str, *given: object) -> object:
        """What a function body returns in the page."""
        return self.driver.execute_script(text, *given)

    def settled(self) -> None:
        """Wait until what was begun in the page is done: its promises, its events, and a frame."""
        self.js("return new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    def size(self, width: int, height: int = 900) -> None:
        """Make the window so large."""
        self.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def media(self, kind: str = "", scheme: str = "light") -> None:
        """Render for `screen` or `print`, in a colour scheme."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.cdp("Emulation.setEmulatedMedia", media=kind, features=features)

    def scripts(self, *, run: bool) -> None:
        """Whether pages opened from now on may run scripts."""
        self.cdp("Emulation.setScriptExecutionDisabled", value=not run)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, whatever has the focus."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def click(self, selector: str) -> None:
        """Click in the middle of the first element, with the mouse."""
        element = self.driver.find_element("css selector", selector)
        ActionChains(self.driver).scroll_to_element(element).move_to_element(element).click().perform()

    def focused(self) -> dict:
        """What has the focus: its tag, name, value, text, and whether that is seen."""
        return self.js(_FOCUSED)

    def open(self, content: bytes, hash_: str = "") -> Path:
        """Show a page from a file of its own, and forget what was logged before."""
        self.logged(), self.asked()
        self._count += 1
        file = self._folder / f"{self._count}.html"
        file.write_bytes(content)
        self.driver.get(file.as_uri() + hash_)
        return file

    def logged(self) -> list[str]:
        """What the console said since the page was opened: errors, and violations of its policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def asked(self) -> list[str]:
        """The addresses that were asked for since the page was opened, but those that its policy stopped."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        told = [(one["method"], one["params"]) for one in events]
        stopped = {one["requestId"] for name, one in told if name == _FAILED and one.get("blockedReason") == "csp"}
        sent = [one for name, one in told if name == "Network.requestWillBeSent"]
        return [one["request"]["url"] for one in sent if one["requestId"] not in stopped]

    def picture(self, file: Path, *, whole: bool = False) -> Path:
        """A PNG of the window, or of the whole page."""
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16_000), "scale": 1}
        more = {"captureBeyondViewport": True, "clip": clip} if whole else {}
        file.write_bytes(base64.b64decode(self.cdp("Page.captureScreenshot", format="png", **more)["data"]))
        return file

    def pdf(self) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self.cdp("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with a profile of its own, both gone afterwards. Raises FileNotFoundError if there is none to start."""
    program, driver = next(filter(None, map(shutil.which, BROWSERS)), None), shutil.which("chromedriver")
    if not program or not driver:
        raise FileNotFoundError(MISSING)
    os.environ["SE_OFFLINE"] = "true"  # nothing is downloaded, whatever is missing
    with tempfile.TemporaryDirectory(prefix="amply-browser-", ignore_cleanup_errors=True) as name:
        options = webdriver.ChromeOptions()
        options.binary_location = program
        for flag in (*FLAGS, f"--user-data-dir={name}/profile"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        started = webdriver.Chrome(options=options, service=Service(driver, log_output=os.devnull))
        try:
            yield Browser(started, Path(name))
        finally:
            started.quit()
