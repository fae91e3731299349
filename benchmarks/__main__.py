"""`make bench`: each figure beside its rival, measured in the same run in interleaved rounds.

A measurement and not a test: a figure that is missed is printed as missed, and nothing fails.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from benchmarks.figure import Figure, keep

ROWS = (
    "startup",
    "overhead",
    "rivals",
    "sweep",
    "training",
    "growth",
    "serving",
    "drift",
    "monitor",
    "dashboards",
    "widgets",
)


def main() -> int:
    """Measure the rows that are asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"any of: {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds (7)")
    words = parser.parse_args()
    unknown = set(words.rows) - set(ROWS)
    if unknown:
        parser.error(f"there is no row {', '.join(sorted(unknown))}; known are {', '.join(ROWS)}")
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, medians of {words.rounds} rounds")
    figures: list[Figure] = []
    for name in words.rows or ROWS:
        measured: list[Figure] = importlib.import_module(f"benchmarks.{name}").measure(words.rounds)
        for figure in measured:
            print(figure.line(), flush=True)
        figures += measured
    keep(figures)
    missed = sum(not figure.reached for figure in figures)
    print(f"{len(figures) - missed} of {len(figures)} figures reached")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
