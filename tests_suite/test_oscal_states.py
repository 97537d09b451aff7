"""OSCAL without its library: what is satisfied, where references lead, and that the same evidence gives the same bytes."""

import copy
import json
import sys

import pytest

from evidence.oscal import assessment_results
from evidence.oscal_check import faults_of_references
from evidence.oscal_command import main
from tests_suite.oscal_documents import VERDICTS, of, of_every_verdict


@pytest.fixture
def result():
    content = json.loads(assessment_results(of_every_verdict()))
    return content["assessment-results"]["results"][0]


def test_kept_alone_is_satisfied_and_the_others_say_why(result):
    status = [finding["target"]["status"] for finding in result["findings"]]
    assert [one["state"] for one in status] == ["satisfied", *["not-satisfied"] * 4, "satisfied"]
    remarks = dict(zip(VERDICTS, (one.get("remarks", "") for one in status), strict=False))
    assert remarks["deviates"].endswith("until 2027-12-31: The index comes with the next release.")
    assert remarks["error"].startswith("It was not examined: ")
    assert remarks["not-checked"].startswith("It was not examined: ")
    assert [one["reason"] for one in status] == ["pass", "fail", "fail", "other", "other", "pass"]


def test_each_guarantee_is_an_observation_with_a_finding_and_a_deviation_a_risk(result):
    observed = [one["uuid"] for one in result["observations"]]
    assert [one["related-observations"][0]["observation-uuid"] for one in result["findings"]] == observed
    assert {tuple(one["methods"]) for one in result["observations"]} == {("TEST",)}
    tests = [one.get("relevant-evidence", []) for one in result["observations"]]
    assert [len(one) for one in tests] == [1, 1, 1, 1, 0, 1]
    assert tests[1][0]["description"] == "seen"
    (risk,) = result["risks"]
    assert (risk["status"], risk["deadline"]) == ("deviation-approved", "2027-12-31T23:59:59Z")
    assert result["findings"][2]["related-risks"] == [{"risk-uuid": risk["uuid"]}]
    (entry,) = result["assessment-log"]["entries"]
    assert (entry["start"], entry["end"]) == ("2027-01-02T03:04:05Z", "2027-01-02T03:06:05Z")


def test_the_same_evidence_gives_the_same_bytes_and_another_one_other_identities():
    first, other = of_every_verdict(), {**of_every_verdict(), "finished": "2027-01-02T03:07:05Z"}
    assert assessment_results(first) == assessment_results(copy.deepcopy(first))
    one, two = (json.loads(assessment_results(each))["assessment-results"] for each in (first, other))
    assert one["uuid"] != two["uuid"]
    assert one["results"][0]["findings"][0]["uuid"] != two["results"][0]["findings"][0]["uuid"]


def places(value, path=()):
    """Every reference, as the way to it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        reference = isinstance(key, str) and (key.endswith("-uuid") or key == "target-id")
        if reference or (key == "href" and one.startswith("#")):
            yield (*path, key)
        yield from places(one, (*path, key))


def test_every_reference_leads_somewhere_and_one_that_does_not_is_named():
    content = json.loads(assessment_results(of_every_verdict()))
    assert faults_of_references(content) == []
    found = list(places(content))
    assert {one[-1] for one in found} == {
        *("observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid", "component-uuid", "href", "target-id")
    }
    for place in found:
        spoilt = copy.deepcopy(content)
        here = spoilt
        for key in place[:-1]:
            here = here[key]
        here[place[-1]] = "#nowhere" if place[-1] == "href" else "nowhere"
        (fault,) = faults_of_references(spoilt)
        assert "nowhere" in fault


def test_a_uuid_that_stands_for_two_things_is_named(result):
    result["findings"][1]["uuid"] = result["findings"][0]["uuid"]
    assert any("stands for 2 things" in fault for fault in faults_of_references(result))


def test_a_run_that_judged_nothing_claims_nothing():
    content = json.loads(assessment_results(of()))
    assert faults_of_references(content) == []
    assert "findings" not in content["assessment-results"]["results"][0]


def test_4_says_what_is_missing(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "trestle.oscal.assessment_results", None)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "evidence.json").write_text('{"format": "another"}')
    (tmp_path / "evidence.json").write_text(json.dumps(of_every_verdict()))
    said = {
        (): "the following arguments are required: DIR",
        (str(tmp_path / "nowhere"),): "evidence.json: No such file or directory",
        (str(tmp_path / "other"),): "its format is not amply-compliance-evidence/1",
        (str(tmp_path),): "is not installed: pip install -r requirements-oscal.txt",
    }
    for words, line in said.items():
        assert main([*words]) == 4
        told = capsys.readouterr()
        assert told.out == ""
        assert line in told.err.splitlines()[-1]
