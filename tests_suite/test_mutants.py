"""Every guarantee can fail: each mutant breaks exactly the guarantees that its first line names; no variant breaks any.

By default up to six mutants that name no guarantee in common run together, and must break exactly what they name together;
if they do not, each is run by itself and judged by itself. Variants likewise. `make mutants` runs each mutant by itself.
"""

import pytest

from tests_suite.conftest import OF_A_SCHEMA, QUICK, UNTOLD, together_or_alone
from tests_suite.sql_mutants import MUTANTS, VARIANTS, area, declared, groups, names, variants


def breaks_exactly(suite, mutants):
    shape_first = sorted(mutants, key=lambda mutant: area(mutant) != "shp")  # no type is changed under a trigger
    run = suite(*(word for mutant in shape_first for word in ("--patch", mutant)), *QUICK, *UNTOLD)
    assert run.evidence, run.output[-3000:]
    assert run.ids("broken", "error", "not-checked") == set().union(*map(declared, mutants)), run.why()
    assert run.exit == 1


def breaks_nothing(suite, variants):
    run = suite(*(word for variant in variants for word in ("--patch", variant)), *QUICK)
    assert run.evidence, run.output[-3000:]
    assert run.ids("kept") == OF_A_SCHEMA, run.why()
    assert run.exit == 0


@pytest.mark.parametrize("mutants", groups(), ids=names)
def test_mutants_break_exactly_what_they_name(mutants, suite):
    together_or_alone(breaks_exactly, suite, mutants)


@pytest.mark.alone
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda path: path.stem)
def test_a_mutant_alone_breaks_exactly_what_it_names(mutant, suite):
    breaks_exactly(suite, [mutant])


@pytest.mark.parametrize("variants", variants(), ids=names)
def test_harmless_variants_break_nothing(variants, suite):
    together_or_alone(breaks_nothing, suite, variants)


@pytest.mark.alone
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda path: path.stem)
def test_a_harmless_variant_alone_breaks_nothing(variant, suite):
    breaks_nothing(suite, [variant])


def test_every_guarantee_has_a_mutant():
    assert set().union(*map(declared, MUTANTS)) == OF_A_SCHEMA
