"""python -m tools.audit_bench: the audit of a generated ledger against COPY read and thrown away, in turn; and its memory."""

import argparse
import gc
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

from audit.__main__ import opened
from audit.audit import audit
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


def audited(source: str, entries: int, processes: int = 1) -> Cost:
    """Seconds of an audit: by the clock, with the start of further processes, of our CPU and theirs; of the server's none."""
    gc.disable()  # as the command does
    ours, began = _spent(), time.perf_counter()
    with closing(opened(source)) as ledger:
        result = audit(ledger, processes=processes)
    took = time.perf_counter() - began
    gc.enable()
    assert result.intact
    assert result.entries == entries
    return took, _spent() - ours, 0


def _spent() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


_PROGRAM = """
import sys
from audit.__main__ import main
if __name__ == "__main__":
    code = main()
    print(*(line for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
    sys.exit(code)
"""


def most_memory(source: str) -> float:
    """MB that the command takes at most."""
    command = [sys.executable, "-c", _PROGRAM, source]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stderr.split()[-2]) / 1024


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
        print(
            f"{name:34} {rate:9,.0f}/s  {first / seconds:5.2f}  {micro:5.2f} us of our CPU, {1e6 * more / entries:.2f}",
            flush=True,
        )


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
        load(server, made, given.entries)
        print(f"{given.entries:,} entries, {given.metadata} metadata; best of {given.rounds}")
        print("way                                     rate   against the first                the server's CPU")
        one, two = (partial(audited, dsn, given.entries, number) for number in (1, 2))
        ways = {"COPY thrown away": partial(thrown_away, dsn), "audit, one process": one, "audit, two processes": two}
        rounds(given.rounds, given.entries, ways)
        if given.files:
            from audit.generate_parquet import fill  # noqa: PLC0415

            files = Path(folder) / "files"
            fill(files, generated(given.entries, 1000, hazards=False, metadata=contents))
            one, two = (partial(audited, str(files), given.entries, number) for number in (1, 2))
            rounds(given.rounds, given.entries, {"Parquet, one process": one, "Parquet, two processes": two})
        if given.larger:
            small = most_memory(dsn)
            load(server, made, given.larger - given.entries)
            large = most_memory(dsn)
            print(
                f"most memory: {small:.0f} MB at {given.entries:,}, {large:.0f} MB at {given.larger:,}: {large / small:.2f}"
            )


if __name__ == "__main__":
    main()
