"""The example workflows are whole, ask for no more than they need, and fit action.yml."""

import re

import pytest
import yaml

from tests_suite.action_job import ACTION
from tests_suite.conftest import ROOT

FOLDER = ROOT / "docs" / "workflows"
EXAMPLES = sorted(FOLDER.glob("*.yml"))
OURS = re.compile(r"amply/amply-compliance@v\d+")
DOCUMENT = (ROOT / "docs" / "github.md").read_text()


@pytest.fixture(params=EXAMPLES, ids=lambda file: file.stem)
def workflow(request):
    return yaml.safe_load(request.param.read_text())


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_there_is_one_for_each_use():
    assert [file.stem for file in EXAMPLES] == ["nightly-live", "release", "required-check"]


def test_it_may_read_the_code_and_no_more(workflow):
    allowed = {"contents": "read"}
    if any("configure-aws-credentials" in step.get("uses", "") for step in steps(workflow)):
        allowed["id-token"] = "write"
    assert workflow["permissions"] == allowed
    assert not any("permissions" in job for job in workflow["jobs"].values())
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_it_ends_in_time_and_meets_itself_in_order(workflow):
    assert set(workflow["concurrency"]) == {"group", "cancel-in-progress"}
    assert all(5 <= job["timeout-minutes"] <= 30 for job in workflow["jobs"].values())


def test_it_gives_inputs_and_reads_outputs_that_exist(workflow):
    ours = [step for step in steps(workflow) if OURS.fullmatch(step.get("uses", ""))]
    assert len(ours) == 1
    assert set(ours[0]["with"]) <= set(ACTION["inputs"])
    read = re.findall(rf"steps\.{ours[0].get('id', '-')}\.outputs\.([\w-]+)", str(workflow))
    assert set(read) <= set(ACTION["outputs"])


def test_no_expression_stands_in_a_script(workflow):
    assert not [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")]


def test_a_required_check_is_always_started():
    on = yaml.safe_load((FOLDER / "required-check.yml").read_text())[True]  # YAML takes `on` for yes
    assert on.keys() >= {"pull_request", "merge_group"}
    assert not on["pull_request"]


@pytest.mark.parametrize("name", ["release", "nightly-live"])
def test_evidence_is_kept_whatever_the_verdict(name):
    workflow = yaml.safe_load((FOLDER / f"{name}.yml").read_text())
    (upload,) = (step for step in steps(workflow) if "upload-artifact" in step.get("uses", ""))
    assert upload["if"] == "always()"
    assert upload["with"]["retention-days"] >= 90
    assert "outputs.evidence" in upload["with"]["path"]


def test_the_document_shows_the_required_check_and_every_input():
    assert (FOLDER / "required-check.yml").read_text() in DOCUMENT
    for name in [*ACTION["inputs"], *ACTION["outputs"]]:
        assert f"`{name}`" in DOCUMENT, name
