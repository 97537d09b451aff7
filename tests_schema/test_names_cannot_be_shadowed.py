"""CHN: a session's own objects never stand in for those that the chain check means."""

import pytest

from spec import OWNER
from support.catalog import helper_functions
from support.chains import UNKNOWN, takes
from support.ledger import append
from support.refusals import accepted, refused, undone
from support.resistance import unchanged

EMPTY = "CREATE TEMP TABLE ledger_entries (LIKE public.ledger_entries) ON COMMIT DROP"


def false_head(schema):
    """One row in a table of the ledger's name: an entry that the attack then follows."""
    return (
        f"INSERT INTO {schema}.ledger_entries SELECT (json_populate_record(e, json_build_object("
        f"'id', 'led_false', 'entry_hash', '{UNKNOWN}', 'prev_entry_hash', NULL, 'created_at', '2999-01-01'))).* "
        "FROM public.ledger_entries e WHERE organisation_id = 'org_acme' LIMIT 1"
    )


SHADOWS = {
    "an empty temporary table": ([EMPTY], None),
    "a temporary table with a false head": ([EMPTY, false_head("pg_temp")], UNKNOWN),
    "an empty temporary view": (
        ["CREATE TEMP VIEW ledger_entries AS SELECT * FROM public.ledger_entries WHERE false"],
        None,
    ),
    "a temporary type text of one character": (['CREATE DOMAIN pg_temp.text AS "char"'], "s"),
    "temporary types for all strings": (
        [
            'CREATE DOMAIN pg_temp.text AS "char"',
            'CREATE DOMAIN pg_temp.varchar AS "char"',
            'CREATE DOMAIN pg_temp.bool AS "char"',
        ],
        "s",
    ),
}
SCHEMA = (
    "CREATE SCHEMA decoy",
    "CREATE TABLE decoy.ledger_entries (LIKE public.ledger_entries)",
    false_head("decoy"),
    "SET LOCAL search_path = decoy, public",
)
OF_THE_ROLE = (
    f"CREATE SCHEMA {OWNER}",
    f"CREATE TABLE {OWNER}.ledger_entries (LIKE public.ledger_entries)",
    false_head(OWNER),
)


def functions(conn):
    """Functions under the names of the candidate's own, that say yes to everything and name a false head."""
    made = []
    for name, arguments, returns in helper_functions(conn):
        answer = "true" if returns == "boolean" else f"'{UNKNOWN}'"
        made.append(
            f"CREATE FUNCTION decoy.{name}({arguments}) RETURNS {returns} LANGUAGE sql AS $$ SELECT {answer} $$"
        )
    return ("CREATE SCHEMA decoy", *made, "SET LOCAL search_path = decoy, public") if made else ()


def operators(rule):
    """An operator = for texts by this rule over $1 and $2, found before PostgreSQL's own."""
    kinds = ("text", "varchar")
    return (
        "CREATE SCHEMA decoy",
        *(
            f"CREATE FUNCTION decoy.same({kind}, {kind}) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT {rule} $$"
            for kind in kinds
        ),
        *(f"CREATE OPERATOR decoy.= (FUNCTION = decoy.same, LEFTARG = {kind}, RIGHTARG = {kind})" for kind in kinds),
        "SET LOCAL search_path = decoy, pg_catalog, public",
    )


PATHS = {
    "a schema in the search path": SCHEMA,
    "a schema of the role's name": OF_THE_ROLE,
    "functions of the candidate's names": (),
    "an equality that always holds": operators("true"),
    "an equality of the head and an unknown hash": operators(
        f"$1 OPERATOR(pg_catalog.=) $2 OR $1 OPERATOR(pg_catalog.=) '{{head}}' AND $2 OPERATOR(pg_catalog.=) '{UNKNOWN}'"
    ),
}


def shadowed(place, actor, steps, organisation, link, what):
    """In a login of its own: a session that appended before has planned the check with the true objects."""
    if takes(place.session(actor, organisation), organisation.next(prev_entry_hash=link)):
        return  # accepted without any shadow: CHN-02
    conn = place.login(actor, organisation)
    with refused(f"behind {what}, by {actor}, an entry that links to {link!r}"), undone(conn):
        for step in steps:
            conn.execute(step)
        append(conn, organisation.next(prev_entry_hash=link))


@pytest.mark.guarantee("CHN-09")
@pytest.mark.parametrize("shadow", SHADOWS)
def test_the_chain_is_not_misled_by(shadow, ledger, acme):
    actor = "superuser" if ledger.lacks("app") else "app"  # in a clone everybody may make temporary objects
    steps, link = SHADOWS[shadow]
    before = ledger.before
    shadowed(ledger, actor, steps, acme, link, shadow)
    unchanged(ledger.admin, before, f"appends behind {shadow}")


@pytest.mark.guarantee("CHN-09")
@pytest.mark.parametrize("path", PATHS)
def test_the_chain_is_not_misled_through_the_search_path_by(path, ledger, acme):
    actor, before = "owner", ledger.before
    steps = [step.replace("{head}", acme.head) for step in PATHS[path]]
    if "functions" in path:
        steps = functions(ledger.admin)
    conn = ledger.session(actor)
    with undone(conn), accepted(f"arranging {path}"):
        for step in steps:
            conn.execute(step)
    for wrong in (None, UNKNOWN) if "schema" in path else (UNKNOWN,):
        shadowed(ledger, actor, steps, acme, wrong, path)
    unchanged(ledger.admin, before, "appends behind a search path")
