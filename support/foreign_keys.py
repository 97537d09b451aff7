"""What the foreign keys of a table refer to."""

from dataclasses import dataclass
from typing import Any

import psycopg


@dataclass(frozen=True)
class ForeignKey:
    """Columns of a table, and the columns of public.`table` that they refer to, pair by pair."""

    table: str
    columns: tuple[str, ...]
    referenced: tuple[str, ...]


def foreign_keys(conn: psycopg.Connection[Any], table: str) -> list[ForeignKey]:
    """The foreign keys of public.`table`, those of most columns first: they bind most."""
    query = """SELECT f.relname,
                 ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k (n, i)
                       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i),
                 ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k (n, i)
                       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i)
               FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class f ON f.oid = c.confrelid
               WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid = pg_catalog.to_regclass(%s)
               ORDER BY cardinality(c.conkey) DESC, c.conname"""
    return [ForeignKey(row[0], tuple(row[1]), tuple(row[2])) for row in conn.execute(query, [f"public.{table}"])]
