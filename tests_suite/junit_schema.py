"""The structure that readers of JUnit files agree on, as a table, and a check by it.

The table is Jenkins' schema junit-10 as far as it is used, with one correction: it calls the element that everybody
writes and reads as `error` `errors`.
"""

import re
import xml.etree.ElementTree as ET

TEXT = {"failure", "error", "skipped"}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": TEXT,
    **dict.fromkeys(("property", *TEXT), frozenset()),
}
NEEDED = {
    "testsuites": set(),
    "testsuite": {"name", "tests", "failures", "errors"},
    "testcase": {"name"},
    "property": {"name", "value"},
    **dict.fromkeys(("properties", *TEXT), frozenset()),
}
ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": NEEDED["testsuite"] | {"time", "skipped", "timestamp"},
    "testcase": {"name", "time", "classname"},
    "property": NEEDED["property"],
    "properties": set(),
    **dict.fromkeys(TEXT, frozenset({"type", "message"})),
}
FORMS = {
    "time": r"\d+\.\d{3}",
    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    **dict.fromkeys(("tests", "failures", "errors", "skipped"), r"\d+"),
}
COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def checked(content: bytes) -> ET.Element:
    """The outermost element of a file that has the structure, and counts what there is."""
    root = ET.fromstring(content.decode())
    assert root.tag == "testsuites"
    for element in root.iter():
        names = set(element.attrib)
        assert NEEDED[element.tag] <= names <= ALLOWED[element.tag], (element.tag, names)
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        assert element.tag in TEXT or not (element.text or "").strip()
        assert not (element.tail or "").strip()
        for name, value in element.items():
            assert re.fullmatch(FORMS.get(name, r"(?s).*"), value), (name, value)
        if element.tag in ("testsuites", "testsuite"):
            cases = [*element.iter("testcase")]
            counts = {"tests": len(cases)}
            counts |= {name: sum(case.find(tag) is not None for case in cases) for name, tag in COUNTED.items()}
            assert {name: element.get(name) for name in counts if name in names} == {
                name: str(number) for name, number in counts.items() if name in names
            }
        if element.tag == "testcase":
            assert len(element) <= 1
    return root


def outcome(case: ET.Element) -> str:
    """How a case ended."""
    return case[0].tag if len(case) else "passed"


def properties(suite: ET.Element) -> dict[str, str]:
    """What the properties of a suite say."""
    return {one.get("name"): one.get("value") for one in suite.iter("property")}


def outcomes(root: ET.Element) -> dict[tuple[str, str], str]:
    """How each case ended, by the guarantee of its suite and its name; the run's by an empty guarantee."""
    return {
        (properties(suite).get("guarantee", ""), case.get("name")): outcome(case)
        for suite in root
        for case in suite.iter("testcase")
    }
