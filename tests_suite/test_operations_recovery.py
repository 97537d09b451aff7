"""Every guarantee about replica, recovery and crash can fail, for its own reason; honest schemas raise nothing.

Several defects stand in one run, and must break together what they break; if they do not add up, each is judged by itself.
"""

import itertools

import pytest

from spec import GUARANTEES
from tests_suite.conftest import QUICK, ROOT, UNTOLD, together_or_alone
from tests_suite.operations_mutants import GROUPS

FILES = {part: sorted((ROOT / "tests_operations").glob(f"test_{part}_*.py")) for part in GROUPS}
RUNS = [(part, whats) for part, (_, groups) in GROUPS.items() for whats in groups]
PROVED = {
    id_
    for id_, one in GUARANTEES.items()
    if id_.startswith(("REP", "REC")) and one.scope == "operations" and not one.planned
}
OF_A_PART = {
    "replica": {id_ for id_ in PROVED if id_.startswith("REP")},
    "crash": {"REC-08"},
    "recovery": {id_ for id_ in PROVED if id_.startswith("REC")} - {"REC-08"},
}
VARIANTS = ("partitioned", "heads_in_a_table")


def judge(suite, folder, part, whats):
    """A run with these defects breaks what they break, and keeps the rest of its part."""
    mutants, _ = GROUPS[part]
    ids = set().union(*(mutants[what][0] for what in whats))
    arguments = [word for what in whats for word in mutants[what][1](folder)]
    run = suite("-m", "operations", "-p", "tests_suite.disasters", *QUICK, *UNTOLD, *arguments, *FILES[part])
    assert run.evidence, run.output[-3000:]
    assert run.ids("broken", "error") == ids, run.why()
    assert run.ids("kept") == OF_A_PART[part] - ids, run.why()


@pytest.mark.parametrize(("part", "whats"), RUNS, ids=[" + ".join((part, *whats)) for part, whats in RUNS])
def test_it_is_noticed_that(part, whats, suite, tmp_path):
    together_or_alone(lambda suite, some: judge(suite, tmp_path, part, some), suite, whats)


@pytest.mark.parametrize("candidate", [*VARIANTS, "as_documented"])
def test_nothing_is_said_of(candidate, suite):
    variant, schema = (ROOT / "variants" / f"{candidate}.sql", ROOT / "candidates" / candidate)
    arguments = ("--schema", schema) if schema.is_dir() else ("--patch", variant)
    run = suite("-m", "operations", *QUICK, *arguments, *itertools.chain(*FILES.values()))
    assert run.ids("kept") >= PROVED, run.why()


def test_every_guarantee_has_a_mutant_of_its_own_and_every_mutant_is_in_a_group():
    for mutants, groups in GROUPS.values():
        assert sorted(itertools.chain(*groups)) == sorted(mutants)
    alone = [ids for mutants, _ in GROUPS.values() for ids, _ in mutants.values() if len(ids) == 1]
    assert set().union(*alone) == PROVED
