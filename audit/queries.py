"""What the database is asked."""

from typing import Final

# As text, the moment as the hash knows it (which costs the server 0.3 us, and us 1 us); what is not finite has no such form.
COLUMNS: Final = """id::text, coalesce(to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), created_at::text),
    organisation_id::text, type::text, amount::text, currency::text, metadata::text, prev_entry_hash::text, entry_hash::text"""
TABLE: Final = "public.ledger_entries"
TABLES: Final = f"(SELECT relid FROM pg_partition_tree('{TABLE}') UNION SELECT '{TABLE}'::regclass)"
ESTIMATE: Final = f"SELECT sum(greatest(reltuples, 0))::bigint FROM pg_class WHERE oid IN {TABLES}"
PAGES: Final = f"SELECT max(pg_relation_size(relid)) / 8192 FROM {TABLES} AS t"
FILES: Final = f"""SELECT current_database() || ' ' || string_agg(
    oid::text || '/' || coalesce(pg_relation_filenode(oid)::text, ''), ' ' ORDER BY oid) FROM pg_class WHERE oid IN {TABLES}"""
LINKS: Final = f"SELECT id, prev_entry_hash, entry_hash FROM {TABLE} WHERE organisation_id = %s"
# Along the index on organisation and link, from each head on; UNION, lest a circle of links never ends.
AFTER: Final = f"""WITH RECURSIVE later AS (
    SELECT e.* FROM unnest({{}}::text[], {{}}::text[]) AS r (organisation, head), LATERAL (
        SELECT * FROM {TABLE} WHERE organisation_id = r.organisation AND prev_entry_hash = r.head
        UNION ALL SELECT * FROM {TABLE}
            WHERE organisation_id = r.organisation AND prev_entry_hash IS NULL AND r.head IS NULL) AS e
    UNION SELECT e.* FROM later AS l JOIN {TABLE} AS e
        ON e.organisation_id = l.organisation_id AND e.prev_entry_hash = l.entry_hash) SELECT {COLUMNS} FROM later"""
PRESENT: Final = f"""SELECT r.organisation FROM unnest(%s::text[], %s::text[]) AS r (organisation, head) WHERE EXISTS (
    SELECT FROM {TABLE} WHERE organisation_id = r.organisation AND entry_hash = r.head)"""
