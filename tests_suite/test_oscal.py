"""OSCAL by NIST's model, as compliance-trestle has it. Run by `make test-oscal`, in an environment that has the package."""

import json

import pytest

from evidence import oscal_command
from evidence.oscal import OSCAL, assessment_results
from evidence.oscal_check import faults_of_model
from tests_suite.conftest import QUICK, ROOT
from tests_suite.oscal_documents import HOSTILE, of, of_every_verdict

DOCUMENTS = {"every verdict": of_every_verdict(), "words of others": of_every_verdict(HOSTILE), "nothing judged": of()}


@pytest.fixture
def bundle(tmp_path):
    (tmp_path / "evidence.json").write_text(json.dumps(of_every_verdict()))
    return tmp_path


def test_the_version_is_the_models():
    from trestle.oscal import OSCAL_VERSION  # noqa: PLC0415

    assert OSCAL_VERSION == OSCAL


@pytest.mark.parametrize("what", DOCUMENTS)
def test_nists_model_takes_the_results_of(what):
    assert faults_of_model(json.loads(assessment_results(DOCUMENTS[what]))) == []


def test_nists_model_is_asked():
    content = json.loads(assessment_results(of_every_verdict()))
    content["assessment-results"]["results"][0]["findings"][0]["target"]["status"]["state"] = "waived"
    del content["assessment-results"]["import-ap"]
    assert len(faults_of_model(content)) >= 2


def test_0_writes_the_results_of_a_real_run(suite, tmp_path):
    run = suite("--schema", ROOT / "candidates" / "as_documented", *QUICK)
    output = tmp_path / "results.json"
    assert oscal_command.main([str(tmp_path / "evidence"), "--output", str(output)]) == 0
    (result,) = json.loads(output.read_text())["assessment-results"]["results"]
    satisfied = {one["title"] for one in result["findings"] if one["target"]["status"]["state"] == "satisfied"}
    assert satisfied == run.ids("kept")
    assert len(result["findings"]) == len(run.evidence["guarantees"])


def test_0_writes_to_standard_output(bundle, capfdbinary):
    assert oscal_command.main([str(bundle)]) == 0
    assert capfdbinary.readouterr().out == assessment_results(of_every_verdict())


def test_1_says_that_what_was_made_is_not_valid(bundle, monkeypatch, capsys):
    content = json.loads(assessment_results(of_every_verdict()))
    content["assessment-results"]["results"][0]["findings"][0]["related-observations"][0]["observation-uuid"] = (
        "nowhere"
    )
    monkeypatch.setattr(oscal_command, "assessment_results", lambda _: json.dumps(content).encode())
    output = bundle / "results.json"
    assert oscal_command.main([str(bundle), "--output", str(output)]) == 1
    assert "observation-uuid nowhere leads nowhere" in capsys.readouterr().err
    assert not output.exists()


def test_4_says_that_it_cannot_be_written(bundle, capsys):
    assert oscal_command.main([str(bundle), "--output", str(bundle / "no" / "where")]) == 4
    assert "No such file or directory" in capsys.readouterr().err
