"""PySpark finds what one machine finds, byte by byte. Needs requirements-spark.txt and Java: `make test-spark`."""

import os
import random
import subprocess
import sys

import pytest

from audit.audit import audit
from audit.checkpoint import Checkpoint, State
from audit.generate import generated
from audit.parquet import Dataset
from audit.spark import Cluster
from audit.tamper import WAYS
from tests_suite.conftest import ROOT
from tests_suite.parquet_ledger import written

pytestmark = pytest.mark.filterwarnings("default")  # PySpark's own
ENTRIES = [*generated(3000, 20, seed=11)]
LOCAL = {
    "PYSPARK_PYTHON": sys.executable,
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_SUBMIT_ARGS": "--master local[2] pyspark-shell",
}


def whole(result):
    return (
        [one.as_dict() for one in result.findings.kept],
        result.findings.counts,
        result.entries,
        result.heads,
        result.volumes,
    )


@pytest.fixture(scope="module")
def cluster():
    """Opens a ledger, in one session for all of them."""
    opened = []
    with pytest.MonkeyPatch.context() as patch:
        for name, value in LOCAL.items():
            patch.setenv(name, value)
        yield lambda folder: opened.append(Cluster(str(folder))) or opened[-1]
    for one in opened:
        one.close()


@pytest.mark.parametrize("way", [None, *WAYS], ids=lambda way: way.__name__ if way else "untouched")
def test_the_findings_are_those_of_one_machine(way, cluster, tmp_path):
    chance = random.Random(5)
    entries = way(ENTRIES, chance)[0] if way else [*ENTRIES]
    chance.shuffle(entries)
    folder = written(tmp_path, entries)
    recorded = Checkpoint("", {"org_000001": State(ENTRIES[-1].entry_hash, 7, {})})
    found = audit(cluster(folder), volumes=True, since=recorded)
    assert whole(found) == whole(audit(Dataset(folder), volumes=True, since=recorded))


def command(*words):
    environment = {**os.environ, **LOCAL}
    done = subprocess.run(
        [sys.executable, "-m", "audit", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    lines = [line for line in done.stdout.splitlines() if '"progress"' not in line]
    return done.returncode, lines[:-1], done.stderr.splitlines()[-1:]


def test_the_command_writes_the_same_lines(tmp_path):
    folder = written(tmp_path, WAYS[0](ENTRIES, random.Random(1))[0])
    one, cluster = command(folder), command(folder, "--engine", "spark")
    assert one[:2] == cluster[:2]
    assert one[0] == 1
    assert one[1]


def test_12_says_why_spark_cannot_read_it(tmp_path):
    (tmp_path / "x.parquet").write_text("no Parquet")
    code, lines, said = command("--engine", "spark", f"file://{tmp_path}")
    assert (code, lines) == (12, [])
    assert said[0].startswith("the ledger cannot be examined: Spark cannot read it: ")


@pytest.mark.parametrize("words", [("--processes", "2"), ("--resume", "x")], ids=" ".join)
def test_4_says_what_does_not_go_together(words, tmp_path):
    assert command("--engine", "spark", tmp_path, *words)[0] == 4
