"""Every guarantee about the replica can fail, for its own reason; honest schemas that are written differently raise nothing."""

import pytest

from spec import GUARANTEES
from tests_suite.conftest import ROOT
from tests_suite.operations_mutants import REPLICA, variant

FILES = sorted((ROOT / "tests_operations").glob("test_replica_*.py"))
PROVED = {
    id_ for id_, one in GUARANTEES.items() if id_.startswith("REP") and one.scope == "operations" and not one.planned
}
VARIANTS = ("partitioned", "heads_in_a_table", "policies_per_command", "text_with_checks")


@pytest.fixture
def judged(suite, tmp_path):
    """The verdicts of a run of these files."""

    def judge(arguments):
        run = suite("-m", "operations", *arguments(tmp_path), *FILES)
        assert run.evidence, run.output[-3000:]
        return run

    return judge


@pytest.mark.parametrize("what", REPLICA)
def test_it_is_noticed_that(what, judged):
    ids, arguments = REPLICA[what]
    run = judged(arguments)
    assert run.ids("broken", "error") == ids, run.why()
    assert run.ids("kept") >= PROVED - ids, run.why()


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_is_said_of(name, judged):
    run = judged(variant(name))
    assert run.ids("kept") >= PROVED, run.why()


def test_the_documents_own_ddl_keeps_what_is_core(judged):
    run = judged(lambda _: ["--schema", ROOT / "candidates" / "as_documented"])
    assert run.ids("kept") >= PROVED, run.why()


def test_every_guarantee_has_a_mutant_of_its_own():
    assert set().union(*(ids for ids, _ in REPLICA.values() if len(ids) == 1)) == PROVED
