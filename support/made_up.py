"""A plausible value for a column that we know nothing of but its declaration."""

import itertools
import re
from typing import Any

import psycopg

from support.catalog import ColumnFound

_numbers = itertools.count(1)
# The documented prefixes of ids (public data model), by table.
PREFIXES = {
    "organisations": "org_",
    "funds": "fund_",
    "projects": "proj_",
    "ledger_entries": "led_",
    "transactions": "txn_",
    "users": "usr_",
    "campaigns": "camp_",
    "businesses": "biz_",
    "checkpoints": "chk_",
}
_BY_TYPE: dict[str, str] = {
    "boolean": "false",
    "json": "{}",
    "jsonb": "{}",
    "date": "2025-01-15",
    "timestamp with time zone": "2025-01-15 12:00:00+00",
    "timestamp without time zone": "2025-01-15 12:00:00",
    "time without time zone": "12:00",
    "time with time zone": "12:00+00",
    "interval": "1 day",
    "bytea": "\\x00",
    "inet": "127.0.0.1",
    "macaddr": "08:00:2b:01:02:03",
    "tsvector": "",
    "point": "(0,0)",
    "money": "1",
    "bit": "0",
    "daterange": "[2025-01-01,)",
    "tstzrange": "[2025-01-01,)",
    "tsrange": "[2025-01-01,)",
    "int4range": "[1,10)",
    "int8range": "[1,10)",
    "numrange": "[1,10)",
}
_LATER = re.compile(r"(^|_)(end|ends|until|to|expires?|due)(_|$)")
_BY_NAME = (
    (re.compile("e?mail"), "u{n}@example.org"),
    (re.compile("currency"), "EUR"),
    (re.compile("country"), "DE"),
    (re.compile("locale"), "de-DE"),
    (re.compile("language"), "de"),
    (re.compile("time_?zone"), "Europe/Berlin"),
    (re.compile("(^|_)(url|website|link)"), "https://example.org/{n}"),
    (re.compile("phone"), "+4930{n}"),
    (re.compile("hash"), "sha256:{h}"),
)
_lists: dict[tuple[str, int, str, str], list[str]] = {}  # asked once per server
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_TEXTS = ("text", "character varying", "character", "citext", "name")


def an_id(table: str, word: str = "") -> str:
    """An id of public.`table` under its documented prefix: letters and digits behind it."""
    return f"{PREFIXES.get(table, '')}{word or f'made{next(_numbers)}'}"


def _rows(conn: psycopg.Connection[Any], query: str, *parameters: Any) -> list[Any]:
    return [row[0] for row in conn.execute(query.encode(), parameters)]


def _labels(conn: psycopg.Connection[Any], type_name: str) -> list[str]:
    query = "SELECT enumlabel::text FROM pg_catalog.pg_enum WHERE enumtypid = %s::regtype ORDER BY enumsortorder"
    return _rows(conn, query, type_name)


def _listed(conn: psycopg.Connection[Any], table: str, column: str) -> list[str]:
    """The values that a check of this column alone lists, if it does."""
    query = """SELECT pg_catalog.pg_get_constraintdef(c.oid) FROM pg_catalog.pg_constraint c
               JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attname = %s AND c.conkey = ARRAY[a.attnum]
               WHERE c.contype = 'c' AND c.conrelid = pg_catalog.to_regclass(%s)"""
    checks = _rows(conn, query, column, f"public.{table}")
    return [word for check in checks if "= ANY" in check for word in re.findall(r"'((?:[^']|'')*)'", check)]


def _unique(conn: psycopg.Connection[Any], table: str, column: str) -> bool:
    query = """SELECT EXISTS (SELECT FROM pg_catalog.pg_index i
               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
               WHERE i.indisunique AND i.indrelid = pg_catalog.to_regclass(%s) AND a.attname = %s)"""
    return bool(_rows(conn, query, f"public.{table}", column)[0])


def _text(table: str, column: ColumnFound, number: int) -> str:
    for pattern, form in _BY_NAME:
        if pattern.search(column.name):
            text = form.format(n=number, h=f"{number:064x}")
            break
    else:
        text = an_id(table) if column.name == "id" else f"{table[:4]}{number}"
    return text[-column.length :] if column.length else text


def made_up(conn: psycopg.Connection[Any], table: str, column: ColumnFound, word: str | None) -> Any:
    """A value for a required column of public.`table`; `word`: what the documentation says it may hold.

    None if we can think of nothing: then the candidate says itself what is wrong with the row.
    """
    number = next(_numbers)
    if column.kind == "e":
        labels = _labels(conn, column.type)
        return word if word in labels else next(iter(labels), None)
    if column.kind == "c":
        fields = _rows(
            conn, "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0", column.type
        )
        return f"({',' * (fields[0] - 1)})"
    key = (conn.info.host, conn.info.port, table, column.name)
    if key not in _lists:
        _lists[key] = _listed(conn, table, column.name)
    listed = _lists[key]
    if word is not None or listed:
        return word if word in listed or not listed else listed[0]
    if column.type == "uuid":
        return f"00000000-0000-4000-8000-{number:012d}"
    if column.type in _BY_TYPE:
        text = _BY_TYPE[column.type]
        return text.replace("2025-01", "2026-01") if _LATER.search(column.name) else text
    if column.type in _NUMBERS:
        return number if _unique(conn, table, column.name) else 1 + number % 9
    if column.type.endswith("[]"):
        return "{}"
    return _text(table, column, number) if column.type in _TEXTS else None
