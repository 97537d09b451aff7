"""Every guarantee can fail: each mutant breaks exactly the guarantees that its first line names; no variant breaks any.

By default up to six mutants that name no guarantee in common run together, and must break exactly what they name together;
if they do not, each is run by itself and judged by itself. `make mutants` runs each by itself from the start.
"""

import re

import pytest

from spec import GUARANTEES
from tests_suite.conftest import QUICK, ROOT

MUTANTS = sorted((ROOT / "mutants").glob("*.sql"))
VARIANTS = sorted((ROOT / "variants").glob("*.sql"))
PROVED = {id_ for id_, guarantee in GUARANTEES.items() if guarantee.scope == "offline" and not guarantee.planned}
TOGETHER = 6


def declared(mutant):
    first = mutant.read_text().splitlines()[0]
    assert first.startswith("-- breaks: "), f"{mutant.name}: the first line is `-- breaks: ID ...`"
    return set(re.findall(r"[A-Z]{3}-\d{2}", first))


def area(mutant):
    return mutant.stem.split("_")[0]


def groups():
    """Mutants of different areas, so that their patches do not get in each other's way, without a guarantee in common."""
    made: list[list] = []
    for mutant in MUTANTS:
        for group in made:
            fits = area(mutant) not in map(area, group) and not declared(mutant) & set().union(*map(declared, group))
            if len(group) < TOGETHER and fits:
                group.append(mutant)
                break
        else:
            made.append([mutant])
    return made


def patches(mutants):
    return [word for mutant in mutants for word in ("--patch", mutant)]


def breaks_exactly(suite, mutants):
    run = suite(*patches(mutants), *QUICK)
    assert run.evidence, run.output[-3000:]
    assert run.ids("broken", "error", "not-checked") == set().union(*map(declared, mutants)), run.why()
    assert run.exit == 1


@pytest.mark.parametrize("mutants", groups(), ids=lambda group: "+".join(mutant.stem for mutant in group))
def test_mutants_break_exactly_what_they_name(mutants, suite):
    try:
        breaks_exactly(suite, mutants)
    except AssertionError:
        if len(mutants) == 1:
            raise
        for mutant in mutants:
            breaks_exactly(suite, [mutant])


@pytest.mark.alone
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda path: path.stem)
def test_a_mutant_alone_breaks_exactly_what_it_names(mutant, suite):
    breaks_exactly(suite, [mutant])


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda path: path.stem)
def test_a_harmless_variant_breaks_nothing(variant, suite):
    run = suite("--patch", variant, *QUICK)
    assert run.evidence, run.output[-3000:]
    assert run.ids("kept") == PROVED, run.why()
    assert run.exit == 0


def test_every_guarantee_has_a_mutant():
    assert set().union(*map(declared, MUTANTS)) == PROVED
