"""What JUnit, HTML and Markdown files tell, without resolving, running or rendering anything in them."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any, Final
from xml.parsers import expat

from evidence.manifest import BundleError

_DEEPEST: Final = 32  # elements
_LONGEST_PAGE: Final = 8 * 2**20  # bytes
_ROW: Final = re.compile(r"<tr><td>\S{1,4} ([a-z-]{1,20})</td><td><b>([^<]{0,100})</b></td>")
_HEAD: Final = re.compile(r"\A## \S+ Ledger compliance: ([a-z]+)\n")


@dataclass
class Case:
    """One test case of a JUnit file: its names and properties, and how it ended."""

    words: list[str]
    outcome: str = "passed"


@dataclass
class JUnit:
    """The cases, and the counts that the outermost element tells."""

    cases: list[Case] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)


def junit(content: bytes) -> JUnit:
    """The cases of a JUnit file. Raises BundleError for malformed XML, and for any DTD or entity."""
    found, open_ = JUnit(), list[str]()

    def refuse(*_: Any) -> None:
        raise BundleError("a document type or an entity, which no report has")

    def begin(name: str, attributes: dict[str, str]) -> None:
        if not open_:
            found.told = attributes
        open_.append(name)
        if len(open_) > _DEEPEST:
            raise BundleError("nested too deeply")
        if name == "testcase":
            found.cases.append(Case([*attributes.values()]))
        elif found.cases and "testcase" in open_:
            case = found.cases[-1]
            if name in ("failure", "error", "skipped"):
                case.outcome = {"failure": "failed"}.get(name, name)
            else:
                case.words += attributes.values()

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = begin, lambda _: open_.pop() and None
    try:
        parser.Parse(content.decode("utf-8"), True)
    except UnicodeDecodeError:
        raise BundleError("not UTF-8") from None
    except expat.ExpatError as error:
        raise BundleError(f"not XML: {error}") from None
    return found


class _Page(HTMLParser):
    """Collects (guarantee, verdict) of every element that names both, and the run's verdict."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pairs: list[tuple[str, str]] = []
        self.run: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        told = {name: value or "" for name, value in attrs}
        if "data-guarantee" in told and "data-verdict" in told:
            self.pairs.append((told["data-guarantee"], told["data-verdict"]))
        elif "data-verdict" in told:
            self.run.add(told["data-verdict"])


def page(content: bytes) -> tuple[list[tuple[str, str]], set[str]]:
    """The guarantees and verdicts that a page marks, and the verdicts it marks without one. Raises BundleError."""
    if len(content) > _LONGEST_PAGE:
        raise BundleError(f"longer than {_LONGEST_PAGE} bytes")
    parser = _Page()
    try:
        parser.feed(content.decode("utf-8"))
        parser.close()
    except (UnicodeDecodeError, AssertionError, RecursionError) as error:
        raise BundleError(f"it cannot be read: {type(error).__name__}") from None
    return parser.pairs, parser.run


def summary(content: bytes) -> tuple[list[tuple[str, str]], str]:
    """The guarantees and verdicts of summary.md, and the run's. Raises BundleError."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise BundleError("not UTF-8") from None
    head = _HEAD.match(text)
    return [(unescape(id_), verdict) for verdict, id_ in _ROW.findall(text)], head[1] if head else ""
