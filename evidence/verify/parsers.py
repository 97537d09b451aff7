"""What JUnit, HTML and Markdown files tell, without resolving, running or rendering anything in them."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final
from xml.parsers import expat

from evidence.manifest import BundleError

_DEEPEST: Final = 32  # elements
_TAG: Final = re.compile(r"<[A-Za-z][^<>]{0,4000}>")
_NAMED: Final = re.compile(r"""\sdata-(guarantee|verdict)=["']?([^"'\s>]{0,100})""")
_ROW: Final = re.compile(r"<tr><td>\S{1,4} ([a-z-]{1,20})</td><td><b>([^<]{0,100})</b></td>")
_HEAD: Final = re.compile(r"\A## \S+ Ledger compliance: ([a-z]+)\n")


@dataclass
class Case:
    """One test case of a JUnit file: its names, the properties of its suite, and how it ended."""

    words: list[str]
    suite: dict[str, str]
    outcome: str = "passed"


@dataclass
class JUnit:
    """The cases, and the counts that the outermost element tells."""

    cases: list[Case] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)


def junit(content: bytes) -> JUnit:
    """The cases of a JUnit file. Raises BundleError for malformed XML, and for any DTD or entity."""
    found, open_, suite = JUnit(), list[str](), dict[str, str]()

    def refuse(*_: Any) -> None:
        raise BundleError("a document type or an entity, which no report has")

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal suite
        if not open_:
            found.told = attributes
        open_.append(name)
        if len(open_) > _DEEPEST:
            raise BundleError("nested too deeply")
        if name == "testsuite":
            suite = {}
        elif name == "testcase":
            found.cases.append(Case([*attributes.values()], suite))
        elif name == "property" and "testcase" not in open_:
            suite[attributes.get("name", "")] = attributes.get("value", "")
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


def page(content: bytes) -> tuple[list[tuple[str, str]], set[str]]:
    """The guarantees and verdicts that a page's elements name, and verdicts named without one: the run's. Raises BundleError.

    Tags are found by a bounded pattern: html.parser takes minutes for 200 kB of tags that are never closed.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise BundleError("not UTF-8") from None
    pairs, run = list[tuple[str, str]](), set[str]()
    for tag in _TAG.finditer(text):
        told = {name: unescape(value) for name, value in _NAMED.findall(tag[0])}
        if "verdict" in told and "guarantee" in told:
            pairs.append((told["guarantee"], told["verdict"]))
        elif "verdict" in told:
            run.add(told["verdict"])
    return pairs, run


def summary(content: bytes) -> tuple[list[tuple[str, str]], str]:
    """The guarantees and verdicts of summary.md, and the run's. Raises BundleError."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise BundleError("not UTF-8") from None
    head = _HEAD.match(text)
    return [(unescape(id_), verdict) for verdict, id_ in _ROW.findall(text)], head[1] if head else ""
