"""python -m tools.audit_bench [ENTRIES]: the audit of a generated ledger against COPY read and thrown away, in turn."""

import resource
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import psycopg

from audit.audit import audit
from audit.entry import Entry
from audit.generate import generated
from audit.postgres import Database, connect
from support.acquire import acquire
from support.rds_like import DATABASE
from support.server import Server
from support.subject import prepare

ROOT = Path(__file__).parents[1]
ROUNDS = 3
COLUMNS = "id, created_at, organisation_id, type, amount, currency, metadata, prev_entry_hash, entry_hash"


def load(server: Server, entries: int) -> None:
    """A generated ledger, with its indexes, in place of nothing."""
    with server.connect(server.superuser, DATABASE) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE ledger_entries DISABLE TRIGGER USER")
        rows: Iterable[Entry] = generated(entries, 1000, hazards=False)
        into = f"COPY ledger_entries ({COLUMNS}, visibility) FROM STDIN"
        with admin.cursor().copy(into.encode()) as copy:
            for row in rows:
                copy.write_row([*row, "public_full"])
        admin.execute("VACUUM (ANALYZE) ledger_entries")


def thrown_away(dsn: str) -> float:
    """Seconds to read the ledger with COPY and to keep nothing."""
    began = time.perf_counter()
    with psycopg.connect(dsn) as conn, conn.cursor().copy("COPY ledger_entries TO STDOUT") as copy:
        while copy.read():
            pass
    return time.perf_counter() - began


def audited(dsn: str) -> float:
    """Seconds to audit it."""
    began = time.perf_counter()
    with connect(dsn) as conn:
        assert audit(Database(conn)).intact
    return time.perf_counter() - began


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    lease = acquire("auto")
    try:
        server = prepare(lease.server, [ROOT / "candidates" / "reference"], []).server
        load(server, entries)
        dsn = server.dsn(server.superuser, DATABASE)
        print(f"{entries:,} entries\nCOPY thrown away | audit, one process | share")
        for _ in range(ROUNDS):
            copied, ours = entries / thrown_away(dsn), entries / audited(dsn)
            print(f"{copied:12,.0f}/s  | {ours:14,.0f}/s  | {ours / copied:.2f}", flush=True)
        print(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    finally:
        lease.close()


if __name__ == "__main__":
    main()
