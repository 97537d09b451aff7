"""What the published function hashes is honest wherever it is read from: PostgreSQL, Parquet, text or moments."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from pyarrow import parquet

from audit import entry_hash
from audit.audit import audit
from audit.batch import Batch, examine
from audit.entry import Entry
from audit.parquet import Dataset
from audit.part import empty
from audit.postgres import Database, connect
from support.acquire import acquire
from support.subject import prepare
from tests_suite.conftest import ROOT
from tests_suite.listed_ledger import encoded

VECTORS = json.loads((ROOT / "spec" / "hash_vectors.json").read_text())["vectors"]
FIELDS = ("id", "created_at", "organisation_id", "type", "amount", "currency", "metadata", "prev_entry_hash")
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
ZONES = st.timedeltas(min_value=timedelta(hours=-12), max_value=timedelta(hours=12)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
ROWS = st.fixed_dictionaries(
    {
        "id": WORDS.map(lambda word: f"{word}x"),
        "created_at": st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES),
        "organisation_id": WORDS,
        "type": WORDS,
        "amount": st.integers(-(2**63), 2**63 - 1),
        "currency": st.sampled_from(["EUR", "CHF", "eur", "Usd"]),
        "metadata": st.dictionaries(WORDS, st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
                                    max_size=4),
        "prev_entry_hash": st.none() | st.just("sha256:" + "0" * 64),
    }
)  # fmt: skip


def wrong(findings):
    """What is wrong with hashes; the entries are no chain."""
    return [one for one in findings.kept if one.kind in ("hash_mismatch", "invalid_hash", "unreadable")]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_each_published_vector_is_honest_in_bulk(vector):
    text = json.dumps(vector["metadata"])
    fields = {**{name: vector[name] for name in FIELDS}, "amount": str(vector["amount"]), "metadata": text}
    part = empty()
    examine(Batch(*([one] for one in encoded(Entry(**fields, entry_hash=vector["entry_hash"])))), part)
    assert not part.findings.kept


@pytest.fixture(scope="module")
def database():
    """A table with the ledger's columns and no rules; `with_rows` fills it anew."""
    lease = acquire("auto")
    server = prepare(lease.server, [ROOT / "candidates" / "reference"], []).server
    with server.connect("postgres", "postgres") as admin:
        admin.execute("CREATE DATABASE bare")
    with server.connect("postgres", "bare") as admin:
        admin.execute(
            "CREATE TABLE ledger_entries (id text, created_at timestamptz, organisation_id text, type text, amount bigint, "
            "currency text, metadata jsonb, prev_entry_hash text, entry_hash text)"
        )
        yield admin, server.dsn("postgres", "bare")
    lease.close()


LISTS = st.lists(ROWS, min_size=1, max_size=20)
LESS = settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=[*HealthCheck])


def test_what_is_stored_in_a_database_is_honest(database):
    admin, dsn = database

    @LESS
    @given(LISTS)
    def check(rows):
        admin.execute("TRUNCATE ledger_entries")
        for row in rows:
            values = {**row, "metadata": Jsonb(row["metadata"])}
            admin.execute("INSERT INTO ledger_entries VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                          [*(values[name] for name in FIELDS), entry_hash(**row)])  # fmt: skip
        with connect(dsn) as conn:
            result = audit(Database(conn), volumes=True)
        assert not wrong(result.findings)
        assert result.entries == len(rows)
        assert sum(total for of in result.volumes.values() for total in of.values()) == sum(
            row["amount"] for row in rows
        )

    check()


@pytest.mark.parametrize("moments", ["typed", "text"])
def test_what_is_exported_to_files_is_honest(moments, tmp_path):
    @LESS
    @given(LISTS)
    def check(rows):
        columns = {name: [row[name] for row in rows] for name in FIELDS}
        columns["metadata"] = [json.dumps(value) for value in columns["metadata"]]
        columns["prev_entry_hash"] = pa.array(columns["prev_entry_hash"], pa.string())
        at = [one.astimezone(UTC) for one in columns["created_at"]]
        text = [f"{one.year:04}-{one:%m-%d %H:%M:%S.%f}+00" for one in at]
        columns["created_at"] = pa.array(at, pa.timestamp("us", "UTC")) if moments == "typed" else text
        columns["entry_hash"] = [entry_hash(**{**row, "created_at": one}) for row, one in zip(rows, at, strict=True)]
        parquet.write_table(pa.table(columns), tmp_path / "ledger.parquet")
        result = audit(Dataset(tmp_path / "ledger.parquet"))
        assert not wrong(result.findings)
        assert result.entries == len(rows)

    check()
