"""Schemas that take from the server under load what is promised, and schemas that are only written differently."""

import pytest

from spec import GUARANTEES
from tests_suite.conftest import QUICK, ROOT, together_or_alone
from tests_suite.sql_mutants import area, declared, names

AREAS = ("con", "mnt", "mon")
FILES = sorted((ROOT / "tests_operations").glob("test_load_*.py"))
FILES.append(ROOT / "tests_operations" / "test_connections_stay_in_budget.py")
MUTANTS = [path for path in sorted((ROOT / "mutants" / "operations").glob("*.sql")) if area(path) in AREAS]
VARIANTS = sorted((ROOT / "variants" / "operations").glob("*.sql"))
JUDGED = {"CON-07", *(id_ for id_, one in GUARANTEES.items() if one.runs == "operations" and id_[:3] in ("MON", "MNT"))}


def groups():
    """One mutant of each area together."""
    of_area = {name: [mutant for mutant in MUTANTS if area(mutant) == name] for name in AREAS}
    most = max(map(len, of_area.values()))
    return [[mutants[number] for mutants in of_area.values() if number < len(mutants)] for number in range(most)]


def judged(suite, patches, *arguments):
    run = suite("-m", "operations", *QUICK, *(word for one in patches for word in ("--patch", one)), *arguments, *FILES)
    assert run.evidence, run.output[-3000:]
    return run


def breaks_exactly(suite, mutants):
    ids, run = set().union(*map(declared, mutants)), judged(suite, mutants)
    assert run.ids("broken", "error") == ids, run.why()
    assert run.ids("kept") == JUDGED - ids, run.why()


def breaks_nothing(suite, patches, *arguments):
    run = judged(suite, patches, *arguments)
    assert run.ids("kept") == JUDGED, run.why()


@pytest.mark.parametrize("mutants", groups(), ids=names)
def test_mutants_break_exactly_what_they_name(mutants, suite):
    together_or_alone(breaks_exactly, suite, mutants)


def test_harmless_variants_break_nothing(suite):
    together_or_alone(breaks_nothing, suite, VARIANTS)


@pytest.mark.parametrize("schema", ["variants/partitioned.sql", "variants/ddl_by_migrations_only.sql"])
def test_schemas_that_are_written_differently_break_nothing(schema, suite):
    breaks_nothing(suite, [ROOT / schema])


def test_the_schema_as_documented_breaks_nothing(suite):
    breaks_nothing(suite, [], "--schema", ROOT / "candidates" / "as_documented", "--deviations", "/dev/null")


@pytest.mark.parametrize(("processes", "said"), [(6, "the alarm goes off at 180"), (7, "connection slots")])
def test_more_processes_than_the_alarm_allows_are_noticed(processes, said, suite):
    run = judged(suite, [], "--processes", processes)
    assert run.ids("broken") == {"CON-07"}, run.why()
    assert said in run.why()


def test_every_guarantee_under_load_has_a_mutant():
    assert set().union(*map(declared, MUTANTS)) == JUDGED
