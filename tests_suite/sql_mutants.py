"""The mutants and variants in SQL, what each mutant breaks, and which of them bear a run together."""

import re

from tests_suite.conftest import ROOT

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
