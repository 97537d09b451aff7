"""The candidate's own words: what its rules compare with is where an exemption would hide.

Attacks by guesswork miss a rule that spares entries of a type nobody thought of. The source of the candidate's functions,
triggers, rules, policies, checks and indexes names it: every literal there becomes content to attack, a value for settings,
and part of ids. What is judged is still only how the ledger behaves.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from spec import TENANCY

Connection = psycopg.Connection[Any]
_LONGEST = 50  # characters; longer literals are messages
_MOST = 60  # words; a run must end
_SOURCES = """
    SELECT prosrc FROM pg_catalog.pg_proc p WHERE pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT pg_catalog.pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT definition FROM pg_catalog.pg_rules WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', qual, with_check) FROM pg_catalog.pg_policies
    UNION ALL SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint
       WHERE contype = 'c' AND connamespace = 'public'::regnamespace
    UNION ALL SELECT pg_catalog.pg_get_indexdef(indexrelid) FROM pg_catalog.pg_index WHERE indpred IS NOT NULL"""
_SETTINGS = re.compile(r"current_setting\s*\(\s*'([A-Za-z_][\w.]*)'|\bSHOW\s+([a-z_]+\.\w+)", re.IGNORECASE)
_DOTTED = re.compile(r"[a-z_]\w*\.[a-z_]\w*")


# Settings that make the session another one, or end its statements: what follows would not be about the ledger.
# The first has guarantees of its own.
_NOT_A_KEY = (
    "session_replication_role",
    "role",
    "session_authorization",
    "row_security",
    "search_path",
    "statement_timeout",
    "lock_timeout",
)


@dataclass(frozen=True)
class Words:
    """What stands in the source: names of settings, other literals (wildcards taken out), whole numbers."""

    settings: tuple[str, ...]
    literals: tuple[str, ...]
    numbers: tuple[int, ...]

    def times(self) -> Iterator[datetime]:
        """A day before and after each literal that is a date."""
        for literal in self.literals:
            try:
                moment = datetime.fromisoformat(literal).astimezone()
            except ValueError:
                continue
            yield from (moment - timedelta(days=1), moment + timedelta(days=1))


def _plain(literal: str) -> set[str]:
    """What a literal, a LIKE pattern or a simple regular expression may match."""
    text = literal.replace("''", "'")
    without = re.sub(r"\\(.)", r"\1", text).strip("%^$.*")
    return {one for one in (text, without, without.rstrip("_")) if 0 < len(one) <= _LONGEST and "%" not in one}


def words(conn: Connection) -> Words:
    """The words of the candidate's source. `conn`: superuser."""
    source = "\n".join(row[0] or "" for row in conn.execute(_SOURCES))
    source = re.sub(r"--[^\n]*|/\*.*?\*/|RAISE\s+\w+\s+'(?:[^']|'')*'", " ", source, flags=re.DOTALL | re.IGNORECASE)
    found = re.findall(r"'((?:[^'\n]|'')*)'", source)
    settings = {a or b for a, b in _SETTINGS.findall(source)} | {one for one in found if _DOTTED.fullmatch(one)}
    settings |= {one for one in found if one in ("application_name", "transaction_isolation")}
    if re.search(r"pg_stat_activity|pg_settings", source):
        settings.add("application_name")
    literals = {plain for one in found if one not in settings and one != "app" for plain in _plain(one)}
    numbers = {int(one) for one in re.findall(r"(?<![\w.'])\d{1,18}(?![\w.'])", re.sub(r"'[^']*'", "", source))}
    return Words(
        tuple(sorted(settings - {TENANCY.setting, *_NOT_A_KEY})),
        tuple(sorted(literals))[:_MOST],
        tuple(sorted(numbers - {0, 1}))[:_MOST],
    )


def contents(found: Words) -> list[dict[str, Any]]:
    """What entries may hold that a rule with these words could spare or single out."""
    made: list[dict[str, Any]] = []
    for word in found.literals:
        made += [{"type": word}, {"metadata": {word: True}}, {"metadata": {"note": word}}]
        if len(word) <= 3:
            made.append({"currency": word})
        if len(word) <= 30:
            made.append({"visibility": word})
    made += [{"amount": number + step} for number in found.numbers for step in (-1, 0, 1)]
    made += [{"created_at": moment} for moment in found.times()]
    return made
