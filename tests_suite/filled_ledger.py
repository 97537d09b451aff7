"""A generated ledger in a real database, and the audit as an operator calls it."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager

from audit.generate import generated
from support.acquire import acquire
from support.database import clone
from support.subject import SOWN, prepare
from tests_suite.conftest import ROOT

ENTRIES = 2000


@contextmanager
def reference_server():
    """A server with the reference on it."""
    lease = acquire("auto")
    try:
        yield prepare(lease.server, [ROOT / "candidates" / "reference"], []).server
    finally:
        lease.close()


@contextmanager
def ledger_of(server, node, rows):
    """A database of its own for a test, with these entries."""
    name = f"amply_{abs(hash(node.name)):x}"
    filled(server, name, rows)
    yield name
    with server.connect("postgres", "postgres") as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def filled(server, name, rows=None):
    """A clone with a generated ledger in place of the sown one."""
    clone(server, SOWN, name)
    with server.connect("postgres", name) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE ledger_entries DISABLE TRIGGER USER")
        admin.execute("TRUNCATE ledger_entries, organisations CASCADE")
        rows = rows or [*generated(ENTRIES, 20, seed=4)]
        append(admin, rows)
    return name


def append(admin, rows):
    """Insert these entries, and organisations that are new."""
    admin.cursor().executemany(
        "INSERT INTO organisations (id, name) VALUES (%s, 'x') ON CONFLICT DO NOTHING",
        [(one,) for one in sorted({row.organisation_id for row in rows})],
    )
    admin.cursor().executemany(
        "INSERT INTO ledger_entries (id, created_at, organisation_id, type, amount, currency, metadata, prev_entry_hash, "
        "entry_hash, visibility) VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, 'public_full')",
        rows,
    )


def run(server, database, *words, role="postgres", **environment):
    """The command as an operator calls it: exit code, the JSON lines, and what it says when it fails."""
    dsn = f"postgresql+asyncpg://{role}@/{database}?host={server.host}&port={server.port}"
    done = subprocess.run(
        [sys.executable, "-m", "audit", dsn, *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PGPASSWORD": server.passwords[role], **environment},
    )  # fmt: skip
    assert server.passwords[role] not in done.stdout + done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, [line for line in lines if line["event"] != "progress"], done.stderr
