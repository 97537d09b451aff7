"""The audit of Parquet: exports of RDS and others, in one process and in two; and generated ledgers, which harm nothing."""

import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from pyarrow import parquet

from audit.__main__ import main
from audit.arrow import columns
from audit.audit import audit
from audit.generate import generated
from audit.generate_parquet import table
from audit.parquet import Dataset
from audit.tamper import WAYS
from support.acquire import acquire
from support.subject import SOWN, prepare
from tests_suite.conftest import ROOT
from tests_suite.listed_ledger import Listed
from tests_suite.parquet_ledger import written

ENTRIES = [*generated(3000, 20, seed=11)]


def run(*words):
    done = subprocess.run(
        [sys.executable, "-m", "audit", *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, [line for line in lines if line["event"] != "progress"], done.stderr


@pytest.mark.parametrize("way", [None, *WAYS], ids=lambda way: way.__name__ if way else "untouched")
def test_files_are_found_what_a_ledger_in_memory_is_found(way, tmp_path):
    chance = random.Random(5)
    entries = way(ENTRIES, chance)[0] if way else [*ENTRIES]
    chance.shuffle(entries)
    found, expected = audit(Dataset(written(tmp_path, entries))), audit(Listed(entries))
    assert found.findings.kept == expected.findings.kept
    assert found.findings.counts == expected.findings.counts
    assert (found.entries, found.heads) == (expected.entries, expected.heads)


def test_several_processes_find_what_one_finds(tmp_path):
    entries = WAYS[0](ENTRIES, random.Random(1))[0]
    folder = written(tmp_path, entries)
    one, two = run(folder), run(folder, "--processes", 2)
    assert one[0] == two[0] == 1
    assert [{**line, "seconds": 0} for line in one[1]] == [{**line, "seconds": 0} for line in two[1]]


def test_a_checkpoint_of_files_is_held_by_files(tmp_path):
    whole, fewer = written(tmp_path / "whole", ENTRIES), written(tmp_path / "fewer", ENTRIES[:-1])
    file = tmp_path / "checkpoint.json"
    assert run(whole, "--checkpoint", file)[0] == 0
    assert run(whole, "--since", file)[0] == 0
    code, lines, _ = run(fewer, "--since", file)
    assert code == 1
    assert lines[-1]["findings"]["checkpoint_mismatch"] == 1
    assert run(whole, "--since", file, "--only-new")[0] == 12


MOMENT = datetime(1969, 7, 20, 20, 17, 40, 900_000, UTC)  # before 1970, with a fraction
FORMS = {
    "RDS's text": ["1969-07-20 20:17:40.9+00"],
    "PostgreSQL's text with minutes": ["1969-07-20 20:17:40.900000+00:00"],
    "ISO 8601": ["1969-07-20T20:17:40Z"],
    "another zone": ["1969-07-20 22:17:40.9+02"],
    "several zones": ["1969-07-20 20:17:40+00", "1969-07-21 01:47:40.9+05:30", "1969-07-20T18:17:40-0200"],
    "microseconds": pa.array([MOMENT], pa.timestamp("us", "UTC")),
    "nanoseconds of another zone": pa.array(
        [MOMENT.astimezone(timezone(timedelta(hours=2)))], pa.timestamp("ns", "+02:00")
    ),
    "without a zone": pa.array([MOMENT.replace(tzinfo=None)], pa.timestamp("ms")),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_moment_is_read_from(form):
    given = FORMS[form]
    [found] = columns(pa.table({"created_at": given}), ["created_at"])
    assert set(found) == {b"1969-07-20T20:17:40Z"}


def test_what_is_no_moment_stays_what_it_is():
    given = ["infinity", "yesterday", "12024-01-01 00:00:00+00", None, "2024-02-31 00:00:00+01"]
    [found] = columns(pa.table({"created_at": given}), ["created_at"])
    assert found == [None if one is None else one.encode() for one in given]


def test_other_types_hold_the_same(tmp_path):
    def other(entries):
        made = table(entries)
        made = made.set_column(2, "organisation_id", made["organisation_id"].dictionary_encode())
        made = made.set_column(4, "amount", made["amount"].cast(pa.decimal128(20, 0)))
        moments = [datetime.fromisoformat(entry.created_at) for entry in entries]
        return made.set_column(1, "created_at", pa.array(moments, pa.timestamp("us", "UTC"))).append_column(
            "visibility", pa.array(["public_full"] * len(entries))
        )

    assert audit(Dataset(written(tmp_path, ENTRIES, other))).findings.kept == audit(Listed(ENTRIES)).findings.kept


WRONG = {
    "no Parquet": (lambda folder: (folder / "x.parquet").write_text("hello"), "cannot be read"),
    "nothing": (lambda folder: (folder / "x.txt").touch(), "holds no Parquet files"),
    "another table": (
        lambda f: parquet.write_table(pa.table({"id": ["1"]}), f / "x.parquet"),
        "it has no column amount, ",
    ),
    "two ledgers": (
        lambda folder: [written(folder / one, ENTRIES[:9]) for one in "ab"],
        "holds several ledgers",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_12_says_why_files_cannot_be_examined(what, tmp_path):
    make, words = WRONG[what]
    make(tmp_path)
    code, lines, said = run(tmp_path)
    assert (code, lines, len(said.splitlines())) == (12, [], 1), said
    assert words in said


def test_a_generated_ledger_is_intact_in_files_and_in_a_database(tmp_path):
    assert run("generate", tmp_path / "new", "--entries", 500, "--organisations", 7) == (
        0,
        [{"event": "written", "entries": 500}],
        "",
    )
    code, lines, _ = run(tmp_path / "new")
    assert (code, lines[-1]["entries"], lines[-1]["findings"]) == (0, 500, {})
    code, lines, said = run("generate", tmp_path / "new", "--entries", 5)
    assert (code, lines) == (4, [])
    assert said.endswith("is there already and not empty\n")


@pytest.fixture(scope="module")
def server():
    lease = acquire("auto")
    yield prepare(lease.server, [ROOT / "candidates" / "reference"], []).server
    lease.close()


def test_a_database_is_filled_only_if_it_is_empty(server):
    with server.connect("postgres", "postgres") as admin:
        admin.execute("CREATE DATABASE disposable")
    triggers = "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'ledger_entries'::regclass ORDER BY 1"
    with server.connect("postgres", "amply") as admin:
        before = admin.execute(triggers).fetchall()
    for database in ("disposable", "amply"):  # without tables, and with a candidate's
        dsn = server.dsn("postgres", database)
        assert run("generate", dsn, "--entries", 500, "--organisations", 7)[::2] == (0, "")
        code, lines, _ = run(dsn, "--processes", 2)
        assert (code, lines[-1]["entries"]) == (0, 500)
        code, _, said = run("generate", dsn, "--entries", 5)
        assert (code, said) == (
            4,
            "python -m audit generate: the database is not empty: public.ledger_entries holds rows\n",
        )
    with server.connect("postgres", "amply") as admin:
        assert admin.execute(triggers).fetchall() == before
    assert run("generate", server.dsn("postgres", SOWN))[0] == 4


@pytest.mark.parametrize("host", ["amply-prod.abc.eu-central-1.rds.amazonaws.com", "10.0.0.7"])
def test_another_machine_is_never_filled(host):
    code, lines, said = run("generate", f"postgresql://amply_admin:secret@{host}/amply")
    assert (code, lines) == (4, [])
    assert "on another machine" in said
    assert "secret" not in said


@pytest.mark.parametrize("place", ["nowhere/export-1", "amply_readonly hunter2"])
def test_12_says_that_there_is_neither_a_file_nor_a_connection_string(place, capsys):
    assert main([place]) == 12
    said = capsys.readouterr().err
    assert "no such file or directory, and no connection string such as postgresql://" in said
    assert place not in said
