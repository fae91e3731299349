"""What a command costs before it does anything."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figure import Figure, interleaved, seconds
from benchmarks.overhead import WORKBENCH


def measure(rounds: int) -> list[Figure]:
    """Return the figure for the help page."""
    (taken,) = interleaved(rounds, lambda: seconds((WORKBENCH, "--help"), Path.cwd()))
    return [Figure("workbench --help", taken, "s", "limit", 0.3, 1.0)]
