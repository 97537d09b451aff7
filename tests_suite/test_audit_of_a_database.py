"""python -m audit on a real database: what it finds, what it cannot see and says so, and that it only reads."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from audit.audit import audit
from audit.canonical import canonical_json
from audit.generate import generated
from audit.postgres import Database, connect
from spec import APP, READONLY
from support.database import clone
from support.server import Server
from support.subject import SOWN
from tests_suite.conftest import ROOT
from tests_suite.filled_ledger import ENTRIES, filled, reference_server, run


@pytest.fixture(scope="module")
def server():
    with reference_server() as found:
        yield found


@pytest.fixture(scope="module")
def honest(server):
    return filled(server, "amply_honest")


@pytest.fixture(scope="module")
def tampered(server):
    name = filled(server, "amply_tampered")
    with server.connect("postgres", name) as admin:
        admin.execute("UPDATE ledger_entries SET amount = amount + 1 WHERE id = 'led_000000000100'")
        admin.execute("DELETE FROM ledger_entries WHERE id = 'led_000000001000'")
    return name


def test_an_honest_ledger_is_intact(server, honest):
    code, lines, said = run(server, honest)
    assert (code, said) == (0, "")
    assert lines[-1]["intact"] is True
    assert lines[-1]["entries"] == ENTRIES
    assert set(lines[-1]["findings"]) <= {"json_round_trip"}


def test_a_tampered_one_is_not_and_the_entries_are_named(server, tampered):
    code, lines, _ = run(server, tampered)
    assert code == 1
    found = {(line["kind"], line["entry_id"]) for line in lines if line["event"] == "finding"}
    assert ("hash_mismatch", "led_000000000100") in found
    assert {kind for kind, _ in found} - {"json_round_trip"} == {"hash_mismatch", "chain_link_broken"}


def findings(done):
    return {tuple(line.values()) for line in done[1] if line["event"] == "finding"}


@pytest.mark.parametrize("role", [READONLY, APP])
def test_a_login_that_row_security_binds_sees_the_same(role, server, tampered):
    whole, bound = run(server, tampered), run(server, tampered, role=role)
    assert findings(bound) == findings(whole)
    assert bound[1][-1]["entries"] == ENTRIES - 1
    assert bound[0] == 1


def test_strange_contents_come_through(server):
    database = clone(server, SOWN, "amply_strange") or "amply_strange"
    metadata = {"tab\there": "back\\slash\nline", "quote": '"', "unicode": "🌍\u2028", "n": [1e16, -0.0, 2**70]}
    with server.connect("postgres", database) as admin:
        admin.execute("ALTER TABLE ledger_entries DISABLE TRIGGER USER")
        entry = next(generated(1, 1))
        sealed = entry._replace(organisation_id="org_initech", entry_hash=entry.entry_hash)
        sealed = sealed._replace(entry_hash=sealed.hashed(canonical_json(metadata)))
        admin.execute(
            "INSERT INTO ledger_entries (id, created_at, organisation_id, type, amount, currency, metadata, entry_hash, "
            "visibility) VALUES (%s, %s::timestamptz + interval '0.7 s', %s, %s, %s, %s, %s, %s, 'internal_only')",
            [*sealed[:6], Jsonb(metadata), sealed.entry_hash],
        )
    code, lines, _ = run(server, database)
    assert code == 0
    assert lines[-1]["findings"] == {"json_round_trip": 1}


WRONG = {
    "nobody is there": ({"port": 1}, {}, "the database cannot be reached"),
    "the password is wrong": ({}, {"PGPASSWORD": "wrong"}, "password authentication failed"),
    "there is no ledger": ({"database": "postgres"}, {}, "the ledger cannot be read: relation"),
}


@pytest.mark.parametrize("what", WRONG)
def test_12_says_why_the_ledger_cannot_be_examined(what, server, honest):
    place, environment, words = WRONG[what]
    at: Server = replace(server, port=place.get("port", server.port))
    code, lines, said = run(at, place.get("database", honest), **environment)
    assert (code, lines) == (12, [])
    assert words in said
    assert len(said.splitlines()) == 1


def test_4_says_that_it_was_called_wrongly():
    done = subprocess.run([sys.executable, "-m", "audit"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "usage: python -m audit" in done.stderr


def test_it_cannot_write(server, honest):
    with connect(server.dsn("postgres", honest)) as conn, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        conn.execute("CREATE TABLE x ()")


def test_what_comes_during_an_audit_is_not_part_of_it(server):
    name = filled(server, "amply_busy_audit")
    with connect(server.dsn("postgres", name)) as conn, server.connect("postgres", name) as admin:
        source = Database(conn)
        admin.execute("DELETE FROM ledger_entries")
        assert audit(source).entries == ENTRIES
        assert source.links("org_000000")


def test_a_ledger_that_may_not_be_read_is_not_examined(server, honest):
    with server.connect("postgres", honest) as admin:
        admin.execute("CREATE ROLE amply_nobody LOGIN PASSWORD 'nobody'")
        admin.execute(f"GRANT CONNECT ON DATABASE {honest} TO amply_nobody")
    nobody = replace(server, passwords={"amply_nobody": "nobody"})
    code, lines, said = run(nobody, honest, role="amply_nobody")
    assert (code, lines) == (12, [])
    assert said.startswith("the ledger cannot be examined: the ledger cannot be read: permission denied")


def test_a_damaged_page_is_told_in_a_line_and_is_no_verdict(server, honest):
    clone(server, honest, "amply_damaged")
    with server.connect("postgres", "postgres") as admin:
        admin.execute("CHECKPOINT")
    with server.connect("postgres", honest) as admin:
        query = "SELECT pg_relation_filenode('ledger_entries'), (SELECT oid FROM pg_database WHERE datname = 'amply_damaged')"
        node, database = admin.execute(query).fetchone()
    path = Path(server.host) / "data" / "base" / str(database) / str(node)
    content = bytearray(path.read_bytes())
    content[3 * 8192 - 40] ^= 1  # not the first page, which is looked at before
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "audit", server.dsn("postgres", "amply_damaged")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 12, done.stdout + done.stderr
    assert done.stderr.startswith("the ledger cannot be examined: the ledger cannot be read: invalid page in block 2")
    assert len(done.stderr.splitlines()) == 1
