"""Every guarantee can fail: each mutant breaks exactly the guarantees that its first line names; no variant breaks any.

By default up to six mutants that name no guarantee in common run together, and must break exactly what they name together;
if they do not, each is run by itself and judged by itself. Variants likewise. `make mutants` runs each mutant by itself.
"""

import re

import pytest

from tests_suite.conftest import OF_A_SCHEMA, QUICK, ROOT, together_or_alone

MUTANTS = sorted((ROOT / "mutants").glob("*.sql"))
VARIANTS = sorted((ROOT / "variants").glob("*.sql"))
TOGETHER = 6
# One of them hides what the other breaks, or cannot be applied after it: together they cost a run each, and another.
APART = (
    {"chn_helper_by_its_bare_name", "rol_search_path_is_writable"},
    {"chn_organisations_by_prefix", "ten_policy_for_another_setting"},
    {"grt_application_deletes_from_another_table", "rol_application_is_superuser"},
    {"grt_application_updates_a_partition", "rol_application_is_superuser"},
)
# Variants that bear each other; those not named here run alone.
BEAR_EACH_OTHER = (
    ("policies_per_command", "privileges_through_groups", "nothing_for_public"),
    ("closed_lists_of_values", "update_and_delete_in_one_statement_trigger", "ddl_by_migrations_only"),
    ("after_triggers", "extra_columns_and_objects", "owner_revoked_from_itself"),
    ("text_with_checks", "german_in_another_schema", "deferred_constraints"),
    ("head_cached_in_organisations", "changes_of_funds_are_restricted", "writers_told_at_once"),
    ("heads_in_a_table", "required_columns"),
    ("links_by_foreign_key", "outbox_and_totals"),
)


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
            names = {mutant.stem, *(other.stem for other in group)}
            if len(group) < TOGETHER and fits and not any(pair <= names for pair in APART):
                group.append(mutant)
                break
        else:
            made.append([mutant])
    return made


def variants():
    together = [[ROOT / "variants" / f"{name}.sql" for name in names] for names in BEAR_EACH_OTHER]
    grouped = {variant for group in together for variant in group}
    return [*together, *([variant] for variant in VARIANTS if variant not in grouped)]


def names(patches):
    return "+".join(patch.stem for patch in patches)


def breaks_exactly(suite, mutants):
    shape_first = sorted(mutants, key=lambda mutant: area(mutant) != "shp")  # no type is changed under a trigger
    run = suite(*(word for mutant in shape_first for word in ("--patch", mutant)), *QUICK)
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
