"""Schemas that take from the server under load what is promised, and schemas that are only written differently."""

from itertools import zip_longest

import pytest

from spec import GUARANTEES
from tests_suite.conftest import QUICK, ROOT, UNTOLD, together_or_alone
from tests_suite.sql_mutants import area, declared, names

LOAD = sorted((ROOT / "tests_operations").glob("test_load_*.py"))
BUDGET = [ROOT / "tests_operations" / "test_connections_stay_in_budget.py"]
JUDGED = {id_ for id_, one in GUARANTEES.items() if one.runs == "operations" and id_[:3] in ("MON", "MNT")}
MUTANTS = sorted((ROOT / "mutants" / "operations").glob("*.sql"))
VARIANTS = sorted((ROOT / "variants" / "operations").glob("*.sql"))


def of(name):
    return [mutant for mutant in MUTANTS if area(mutant) == name]


def together():
    """One mutant of each area in a run."""
    return [[*filter(None, pair)] for pair in zip_longest(of("mnt"), of("mon"))]


def judged(suite, patches, *arguments):
    run = suite(
        "-m", "operations", *QUICK, *UNTOLD, *(word for one in patches for word in ("--patch", one)), *arguments
    )
    assert run.evidence, run.output[-3000:]
    return run


def breaks_exactly(suite, mutants):
    ids, run = set().union(*map(declared, mutants)), judged(suite, mutants, *LOAD)
    assert run.ids("broken", "error") == ids, run.why()
    assert run.ids("kept") == JUDGED - ids, run.why()


def breaks_nothing(suite, patches, *arguments):
    run = judged(suite, patches, *arguments, *LOAD)
    assert run.ids("kept") == JUDGED, run.why()


@pytest.mark.parametrize("mutants", together(), ids=names)
def test_mutants_break_exactly_what_they_name(mutants, suite):
    together_or_alone(breaks_exactly, suite, mutants)


@pytest.mark.parametrize("mutant", of("con"), ids=lambda mutant: mutant.stem)
def test_a_limit_of_connections_is_noticed(mutant, suite):
    run = judged(suite, [mutant], *BUDGET)
    assert run.ids("broken", "error") == declared(mutant) == {"CON-07"}, run.why()


@pytest.mark.parametrize(("processes", "said"), [(6, "the alarm goes off at 180"), (7, "connection slots")])
def test_more_processes_than_the_alarm_allows_are_noticed(processes, said, suite):
    run = judged(suite, [], "--processes", processes, *BUDGET)
    assert run.ids("broken", "error") == {"CON-07"}, run.why()
    assert said in run.why()


def test_harmless_variants_break_nothing(suite):
    run = judged(suite, VARIANTS, *BUDGET, *LOAD)
    assert run.ids("kept") == {"CON-07", *JUDGED}, run.why()


@pytest.mark.parametrize("schema", ["variants/partitioned.sql", "variants/ddl_by_migrations_only.sql"])
def test_schemas_that_are_written_differently_break_nothing(schema, suite):
    breaks_nothing(suite, [ROOT / schema])


def test_the_schema_as_documented_breaks_nothing(suite):
    breaks_nothing(suite, [], "--schema", ROOT / "candidates" / "as_documented", "--deviations", "/dev/null")


def test_every_guarantee_under_load_has_a_mutant():
    assert set().union(*map(declared, [*of("mnt"), *of("mon")])) == JUDGED
