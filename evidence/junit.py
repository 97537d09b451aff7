"""junit.xml: the evidence for tools that read JUnit's format. A suite for each guarantee, in it a case for each of its tests.

The elements and attributes are those of the widest known schema (Jenkins' junit-10), which has properties of suites, but
none of cases. A case that is neither failed nor skipped reads as passed everywhere, so nothing else is written as one.
"""

import xml.etree.ElementTree as ET  # writes only
from collections.abc import Iterable, Mapping
from math import fsum
from typing import Any, Final

from evidence.annotations import decides
from evidence.inert import line, whole

JUNIT: Final = "junit.xml"
RUN: Final = "run"  # the suite that says what the run is, whatever its tests say
_COUNTED: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_SHOWN: Final = 12  # ids in one message


def _seconds(number: float) -> str:
    return f"{number:.3f}"


def _case(name: str, classname: str, seconds: float = 0.0) -> ET.Element:
    return ET.Element("testcase", classname=classname, name=name, time=_seconds(seconds))


def _ended(case: ET.Element, how: str, kind: str, message: str, text: str = "") -> ET.Element:
    """Have the case end as `failure`, `error` or `skipped`; the message in one line, the text in as many as it has."""
    ET.SubElement(case, how, type=kind, message=line(message)).text = text or line(message)
    return case


def _told(one: Mapping[str, Any], failure: Mapping[str, Any]) -> str:
    rows = [f"{one['id']} ({one['area']}, {one['level']}): {one['says']}", f"promised: {one['source']}"]
    rows += [f"note: {one['note']}"] * bool(one["note"])
    rows += [f"{name}: {failure[key]}" for name, key in (("observed", "observed"), ("mend", "remedy")) if failure[key]]
    return "\n".join(rows)


def _cases(one: Mapping[str, Any]) -> Iterable[ET.Element]:
    """The tests of a guarantee, and a skipped case if they are not all that it takes."""
    classname = f"{one['area']}.{one['id']}"
    failures = {failure["nodeid"]: failure for failure in one["failures"]}
    for test in one["tests"]:
        case = _case(test["nodeid"], classname, test["seconds"])
        if test["outcome"] != "passed":
            failure = failures.get(test["nodeid"], {"observed": "", "remedy": ""})
            how = "failure" if test["outcome"] == "failed" else "error"
            kind, message = one["verdict"], failure["observed"] or how
            if one["verdict"] == "deviates" and how == "failure":
                declared = one["deviation"] or {"until": "", "because": ""}
                how, message = "skipped", f"declared deviation until {declared['until']}: {declared['because']}"
            _ended(case, how, kind, message, _told(one, failure))
        yield case
    if one["verdict"] == "not-checked" or not one["tests"]:
        why = one["note"] or "none of its tests ran"
        yield _ended(_case("not checked", classname), "skipped", "not-checked", f"not checked: {why}")


def _verdict(document: Mapping[str, Any]) -> ET.Element:
    """A case that passes only if the run is kept: with its tests alone, an incomplete one would read as a pass."""
    case, verdict = _case("verdict", RUN), document["verdict"]
    if verdict == "kept":
        return case
    counted = [one for one in document["guarantees"] if decides(one, document)]
    if verdict == "incomplete":
        left = [one["id"] for one in counted if one["verdict"] == "not-checked"]
        why = f"{len(left)} of {len(counted)} guarantees were not checked" if left else "nothing was judged"
        return _ended(case, "error", verdict, f"incomplete, which is no pass: {why}", f"{why}\n{', '.join(left)}")
    wrong = [one["id"] for one in counted if one["verdict"] not in ("kept", "deviates")]
    stale = [one["id"] for one in counted if one["deviation"] and one["deviation"]["stale"]]
    told = [f"not kept: {_some(wrong)}"] * bool(wrong) + [f"stale deviations: {_some(stale)}"] * bool(stale)
    return _ended(case, "failure", verdict, f"broken; {'; '.join(told)}", f"broken\n{', '.join([*wrong, *stale])}")


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + f" and {len(ids) - _SHOWN} more" * (len(ids) > _SHOWN)


def _counts(cases: Iterable[ET.Element]) -> dict[str, str]:
    cases = [*cases]
    ended = {name: sum(case.find(how) is not None for case in cases) for name, how in _COUNTED.items()}
    return {name: str(number) for name, number in {"tests": len(cases), **ended}.items()}


def _suite(name: str, started: str, properties: Mapping[str, str], cases: Iterable[ET.Element]) -> ET.Element:
    cases = [*cases]
    took = _seconds(fsum(float(case.attrib["time"]) for case in cases))
    suite = ET.Element("testsuite", {"name": name, **_counts(cases), "time": took, "timestamp": started})
    told = ET.SubElement(suite, "properties")
    for key, value in properties.items():
        if value:
            ET.SubElement(told, "property", name=key, value=value)
    suite.extend(cases)
    return suite


def _about(document: Mapping[str, Any]) -> dict[str, str]:
    candidate, suite, about = document["candidate"], document["suite"], document["environment"]
    return {
        "verdict": document["verdict"],
        "scope": document["scope"],
        "require": document["require"],
        "candidate": ", ".join([candidate["kind"], *(source["path"] for source in candidate["sources"])]),
        "revision": candidate.get("revision", ""),
        "catalog_sha256": candidate["catalog_sha256"],
        "server": about["server"],
        "instance": about.get("instance", ""),
        "suite": f"{suite['version']} {suite['commit']}".strip(),
        "spec_sha256": suite["spec_sha256"],
    }


def junit(document: Mapping[str, Any]) -> bytes:
    """junit.xml of the evidence document: the same document gives the same bytes. Times are seconds and UTC."""
    document = whole(document)
    suites = [_suite(RUN, document["started"], _about(document), [_verdict(document)])]
    for one in document["guarantees"]:
        told = {"guarantee": one["id"], **{key: one[key] for key in ("verdict", "level", "area", "source", "note")}}
        suites.append(_suite(f"{one['id']} {one['says']}", document["started"], told, _cases(one)))
    counts = _counts(case for suite in suites for case in suite.iter("testcase"))
    counts.pop("skipped")  # no attribute of the outermost element
    counts["time"] = _seconds(document["seconds"])
    root = ET.Element(
        "testsuites", {"name": f"Ledger compliance, {document['scope']}: {document['verdict']}", **counts}
    )
    root.extend(suites)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + content + b"\n"
