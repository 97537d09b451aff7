"""junit.xml: a case for each guarantee and test, readable by everybody, and never a pass for what was not seen."""

import sys

import pytest

from evidence.junit import junit
from evidence.verdict import Judged, TestSeen
from spec import GUARANTEES
from tests_suite.conftest import QUICK
from tests_suite.homes import ONE_FILE
from tests_suite.junit_schema import checked, outcomes, properties
from tests_suite.oscal_documents import DECLARED, HOSTILE, judged, of, of_every_verdict

ENDS = {"kept": "passed", "broken": "failure", "deviates": "skipped", "error": "error", "not-checked": "skipped"}
TOLD = {"passed": "passed", "failed": "failure", "error": "error"}


def read(document):
    return checked(junit(document))


def case_of(root, id_, name):
    (suite,) = (suite for suite in root if properties(suite).get("guarantee") == id_)
    return next(case for case in suite.iter("testcase") if case.get("name") == name)


@pytest.mark.parametrize("words", ["", HOSTILE], ids=["plain", "hostile"])
def test_it_has_the_structure_that_readers_agree_on_whatever_others_wrote(words):
    root = read(of_every_verdict(words))
    told = [properties(suite) for suite in root]
    assert [one["verdict"] for one in told] == ["broken", *ENDS, "kept"]
    assert sorted(outcomes(root).values()) == sorted([*ENDS.values(), "passed", "failure"])


def test_it_is_xml_for_every_character_there_is():
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    for start in range(0, len(every), 19_000):
        words = every[start : start + 19_000]
        text = junit(of_every_verdict(words)).decode()
        assert checked(text.encode()) is not None
        assert not {char for char in text if char < " " and char not in "\n\t"}
        assert not {"\x7f", "\x85", "\u202e", "\u2066", "\ufeff", "\ufffe", "\uffff"} & set(text)


def test_every_test_of_every_guarantee_is_a_case_and_a_test_of_two_stands_under_both(whole):
    expected = {("", "verdict"): "passed"}
    for one in whole.evidence["guarantees"]:
        expected |= {(one["id"], test["nodeid"]): TOLD[test["outcome"]] for test in one["tests"]}
    root = read(whole.evidence)
    assert outcomes(root) == expected
    names = [name for _, name in expected]
    assert len(names) > len({*names})  # some test does show two
    for suite in root:
        about = properties(suite)
        if "guarantee" in about:
            assert suite.get("name") == f"{about['guarantee']} {GUARANTEES[about['guarantee']].says}"
            assert {case.get("classname") for case in suite.iter("testcase")} == {
                f"{GUARANTEES[about['guarantee']].area}.{about['guarantee']}"
            }


def test_a_failure_tells_what_was_observed_and_what_mends_it():
    root = read(of_every_verdict("a row\nwas changed"))
    for id_, verdict in zip(GUARANTEES, ENDS, strict=False):
        if verdict in ("broken", "error"):
            ended = case_of(root, id_, f"t.py::{id_}")[0]
            assert ended.get("message") == "a row was changed"
            assert "observed: a row\nwas changed" in ended.text
            assert f"mend: {GUARANTEES[id_].remedy}" in ended.text
            assert GUARANTEES[id_].says in ended.text


def test_what_was_not_checked_is_skipped_with_its_reason_even_if_some_of_its_tests_passed():
    some = Judged(GUARANTEES["LED-03"], "not-checked", (TestSeen("t.py::a", "passed", 0.1),), note="not all ran")
    none = Judged(GUARANTEES["LED-04"], "kept", ())  # which no run says
    root = read(of(judged("not-checked", "LED-01", "not read"), some, none, verdict="incomplete"))
    for id_, why in (("LED-01", "not read"), ("LED-03", "not all ran"), ("LED-04", "none of its tests ran")):
        skipped = case_of(root, id_, "not checked")[0]
        assert (skipped.tag, skipped.get("message")) == ("skipped", f"not checked: {why}")
    assert outcomes(root)["LED-03", "t.py::a"] == "passed"


def test_a_declared_deviation_is_skipped_with_its_reason_and_its_last_day():
    skipped = case_of(read(of(judged("deviates", "LED-03", "seen"), verdict="kept")), "LED-03", "t.py::LED-03")[0]
    assert skipped.tag == "skipped"
    assert skipped.get("message") == f"declared deviation until {DECLARED.until}: {DECLARED.because}"
    assert "observed: seen" in skipped.text


@pytest.mark.parametrize(
    ("document", "ended", "says"),
    [
        (of(judged("kept", "LED-01"), verdict="kept"), "passed", ""),
        (of(verdict="incomplete"), "error", "nothing was judged"),
        (
            of(judged("kept", "LED-01"), judged("not-checked", "LED-03"), verdict="incomplete"),
            "error",
            "incomplete, which is no pass: 1 of 2 guarantees were not checked",
        ),
        (of(judged("broken", "LED-01"), verdict="broken"), "failure", "broken; not kept: LED-01"),
        (
            of(judged("kept", "LED-01", deviation=DECLARED), verdict="broken"),
            "failure",
            "broken; stale deviations: LED-01",
        ),
        (of(judged("broken", "LED-03"), judged("kept", "LED-01"), verdict="kept", require="core"), "passed", ""),
        (
            of(judged("broken", "LED-03"), judged("broken", "LED-01"), verdict="broken", require="core"),
            "failure",
            "broken; not kept: LED-01",
        ),
    ],
    ids=["kept", "nothing", "incomplete", "broken", "stale", "core", "core broken"],
)
def test_a_case_of_its_own_passes_only_if_the_run_is_kept(document, ended, says):
    root = read(document)
    assert outcomes(root)["", "verdict"] == ended
    case = root[0].find("testcase")
    assert ended == "passed" or case[0].get("message").endswith(says)
    assert root.get("name") == f"Ledger compliance, offline: {document['verdict']}"
    assert properties(root[0])["verdict"] == document["verdict"]


def test_the_same_document_gives_the_same_bytes():
    assert junit(of_every_verdict(HOSTILE)) == junit(of_every_verdict(HOSTILE))


def test_workers_and_one_that_is_killed_change_nothing_but_its_test(whole, suite):
    accident = ("-p", "tests_suite.accidents", "--accident", "kill=the_nine_tables")
    run = suite("-n2", *accident, *QUICK)
    alone, crashed = (checked((one.folder / "junit.xml").read_bytes()) for one in (whole, run))
    changed = {("SHP-01", f"{ONE_FILE}::test_the_nine_tables_exist"): "error", ("", "verdict"): "failure"}
    assert outcomes(crashed) == {**outcomes(alone), **changed}
    assert "crashed while running" in case_of(crashed, "SHP-01", f"{ONE_FILE}::test_the_nine_tables_exist")[0].text
