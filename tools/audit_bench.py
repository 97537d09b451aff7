"""python -m tools.audit_bench: the audit of a generated ledger against COPY read and thrown away, in turn; and its memory."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

import psycopg

from audit.entry import Entry
from audit.generate import generated, plain, realistic
from support.acquire import acquire
from support.rds_like import DATABASE
from support.server import Server
from support.subject import prepare

Cost = tuple[float, float, float]
ROOT = Path(__file__).parents[1]
COLUMNS = "id, created_at, organisation_id, type, amount, currency, metadata, prev_entry_hash, entry_hash"
INDEXED = ("one_successor", "one_entry_per_hash", "ledger_entries_organisation_id_fkey", "ledger_entries_pkey")


def load(server: Server, entries: Iterator[Entry], count: int) -> None:
    """So many more entries. Indexes and triggers are set aside: neither COPY nor the audit of an intact ledger uses them."""
    with server.connect(server.superuser, DATABASE) as admin:
        admin.execute("ALTER TABLE ledger_entries DISABLE TRIGGER USER")
        for name in INDEXED:
            admin.execute(f"ALTER TABLE ledger_entries DROP CONSTRAINT IF EXISTS {name} CASCADE".encode())
        with admin.cursor().copy(f"COPY ledger_entries ({COLUMNS}, visibility) FROM STDIN".encode()) as copy:
            for row in islice(entries, count):
                copy.write_row([*row, "public_full"])
        admin.execute("VACUUM (ANALYZE) ledger_entries")


def thrown_away(dsn: str) -> tuple[float, float, float]:
    """Seconds to read the ledger with COPY and to keep nothing: by the clock, of our CPU, of the server's."""
    with psycopg.connect(dsn) as conn:
        ours, theirs, began = time.process_time(), _cpu(conn.info.backend_pid), time.perf_counter()
        with conn.cursor().copy("COPY ledger_entries TO STDOUT") as copy:
            while copy.read():
                pass
        took = time.perf_counter() - began
        return took, time.process_time() - ours, _cpu(conn.info.backend_pid) - theirs


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


_PROGRAM = """
import sys
from audit.__main__ import main
if __name__ == "__main__":
    code = main()
    print(*(line for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
    sys.exit(code)
"""


def audited(source: str, entries: int, *words: str, without: Cost = (0, 0, 0)) -> Cost:
    """Seconds of `python -m audit`, by the clock and of its CPU, less those of its start; and its most memory in MB."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, source, *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        last = process.stdout.read().splitlines()[-1]
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - began
    assert process.returncode == 0, last + said
    assert f'"entries": {entries},' in last, last
    return took - without[0], usage.ru_utime + usage.ru_stime - without[1], int(said.split()[-2]) / 1024


def started(source: str) -> Cost:
    """What the command costs before it reads: an audit of a ledger without entries."""
    return min(audited(source, 0) for _ in range(3))


def rounds(number: int, entries: int, ways: Mapping[str, Callable[[], Cost]]) -> None:
    """Each way in turn, so many times; the best of each, against the first."""
    best: dict[str, tuple[float, float, float]] = {}
    for _ in range(number):
        for name, way in ways.items():
            found = way()
            best[name] = min(best.get(name, found), found)
    first = best[next(iter(ways))][0]
    for name, (seconds, cpu, more) in best.items():
        rate, micro = entries / seconds, 1e6 * cpu / entries
        print(f"{name:34} {rate:9,.0f}/s  {first / seconds:5.2f}  {micro:5.2f} us CPU  {more:7.2f}", flush=True)


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tools.audit_bench", description=__doc__)
    parser.add_argument("entries", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--metadata", choices=("plain", "realistic"), default="plain")
    parser.add_argument("--larger", type=int, metavar="N", help="memory at N entries, too")
    parser.add_argument("--files", action="store_true", help="the same ledger in Parquet, too")
    given = parser.parse_args()
    contents = {"plain": plain, "realistic": realistic}[given.metadata]
    made = generated(10**12, 1000, hazards=False, metadata=contents)
    with closing(acquire("auto")) as lease, tempfile.TemporaryDirectory() as folder:
        server = prepare(lease.server, [ROOT / "candidates" / "reference"], []).server
        dsn = server.dsn(server.superuser, DATABASE)
        start = started(dsn)
        load(server, made, given.entries)
        print(
            f"{given.entries:,} entries, {given.metadata} metadata; best of {given.rounds}; start {start[0]:.2f} s, not counted"
        )
        print("way                                     rate  against COPY   client     server CPU s, or MB")
        one = partial(audited, dsn, given.entries, without=start)
        two = partial(audited, dsn, given.entries, "--processes", "2", without=start)
        ways = {"COPY thrown away": partial(thrown_away, dsn), "audit, one process": one, "audit, two processes": two}
        rounds(given.rounds, given.entries, ways)
        if given.files:
            from audit.generate_parquet import fill  # noqa: PLC0415

            again = generated(given.entries, 1000, hazards=False, metadata=contents)
            fill(Path(folder) / "files", again)
            files = str(Path(folder) / "files")
            one = partial(audited, files, given.entries)
            two = partial(audited, files, given.entries, "--processes", "2")
            rounds(given.rounds, given.entries, {"Parquet, one process": one, "Parquet, two processes": two})
        if given.larger:
            small = audited(dsn, given.entries)[2]
            load(server, made, given.larger - given.entries)
            large = audited(dsn, given.larger)[2]
            print(
                f"most memory: {small:.0f} MB at {given.entries:,}, {large:.0f} MB at {given.larger:,}: {large / small:.2f}"
            )


if __name__ == "__main__":
    main()
