"""python -m tests_suite.report_picture DIR: docs/report.png anew, of the report in a bundle, as far as its areas."""

import sys
from pathlib import Path

from tests_suite.browser import browser
from tests_suite.conftest import ROOT


def main() -> None:
    content = (Path(sys.argv[1]) / "report.html").read_bytes()
    with browser() as page:
        page.size(1200)
        page.media()
        page.open(content)
        page.size(
            1200, page.js("return Math.floor(document.getElementById('areas').getBoundingClientRect().bottom) + 48")
        )
        page.picture(ROOT / "docs" / "report.png")


if __name__ == "__main__":
    main()
