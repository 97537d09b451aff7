"""python -m tools.bench: the offline run against a bare initdb, start, apply and stop, in turn, as a ratio.

Both use the same PostgreSQL; the whole run is a fresh interpreter. Prints a row a pair and the median ratio.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from support.acquire import acquire
from support.binaries import Binaries, local, run, wheel
from support.candidate import apply_sql
from support.places import Account, server_account

ROOT = Path(__file__).parents[1]
PAIRS = 5


def found(account: Account | None) -> Binaries:
    """The PostgreSQL that `--server auto` takes on this machine."""
    lease = acquire("auto")
    kind = lease.server.kind
    lease.close()
    return wheel(account) if kind == "wheel" else local(account)


def bare(binaries: Binaries, account: Account | None) -> float:
    """Seconds for initdb, start, the reference schema over a trusting socket, and stop; nothing cached."""
    with tempfile.TemporaryDirectory() as folder:  # where anyone would put it
        if account:
            Path(folder).chmod(0o777)  # holds nothing but this measurement
        data = f"{folder}/data"
        began = time.perf_counter()
        run(
            [str(binaries.bin / "initdb"), "-D", data, "-U", "amply_admin", "-A", "trust", "-E", "UTF8", "--locale=C"],
            account,
        )
        control = [str(binaries.bin / "pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log"]
        run([*control, "-o", f"-k {folder} -c listen_addresses=", "start"], account)
        with psycopg.connect(host=folder, user="amply_admin", dbname="postgres", autocommit=True) as conn:
            conn.execute("CREATE DATABASE amply")
        apply_sql(f"host={folder} user=amply_admin dbname=amply", [ROOT / "candidates" / "reference"])
        run([*control, "stop"], account)
        return time.perf_counter() - began


def offline() -> float:
    """Seconds for a whole `python -m pytest -q` in a fresh interpreter."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    account = server_account()
    binaries = found(account)
    offline()  # fills caches, as the second run of anyone has them
    ratios = []
    print(f"PostgreSQL {binaries.version} ({binaries.kind}), Python {sys.version.split()[0]}")
    print("offline run | initdb + start + apply + stop | ratio")
    for _ in range(PAIRS):
        ours, theirs = offline(), bare(binaries, account)
        ratios.append(ours / theirs)
        print(f"{ours:9.2f} s | {theirs:27.2f} s | {ratios[-1]:.2f}", flush=True)
    print(
        f"median ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), {PAIRS} pairs in turn"
    )


if __name__ == "__main__":
    main()
