"""python -m tools.migration_bench: a run of the Alembic example, MIG over 100,000 entries included, against its schema alone.

In turn, each in a fresh interpreter. Prints a row a pair and the median ratio.
"""

import statistics
import subprocess
import sys
import time

from tools.bench import ROOT

PAIRS = 3
ALEMBIC = ("--alembic", "candidates/reference_alembic/alembic.ini")


def seconds(*words: str) -> float:
    """Seconds for a whole run that is kept."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "pytest", "-q", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    seconds()  # fills caches
    ratios = []
    print("with --alembic | with --schema | ratio")
    for _ in range(PAIRS):
        theirs, ours = seconds(*ALEMBIC), seconds()
        ratios.append(theirs / ours)
        print(f"{theirs:12.2f} s | {ours:11.2f} s | {ratios[-1]:.2f}", flush=True)
    print(
        f"median ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), {PAIRS} pairs in turn"
    )


if __name__ == "__main__":
    main()
