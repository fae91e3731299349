"""One measured figure beside its rival, and the line and record made of it."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent / "results.jsonl"
_VERSIONS = ("workbench-ml", "papermill", "nbclient", "jupyter-client", "mlflow", "pandas", "lightgbm")


@dataclass(frozen=True)
class Figure:
    """A median, the rival's in the same run, and what is required of their ratio.

    Attributes:
        ratio: our value over the rival's.
        required: the ratio that must be reached.
        at_most: whether a smaller ratio is better.
    """

    what: str
    value: float
    unit: str
    rival: str
    rival_value: float
    required: float
    at_most: bool = True
    note: str = ""

    @property
    def ratio(self) -> float:
        """Our value over the rival's."""
        return self.value / self.rival_value

    @property
    def reached(self) -> bool:
        """Whether the ratio is what is required."""
        return self.ratio <= self.required if self.at_most else self.ratio >= self.required

    def line(self) -> str:
        """Return the figure in one line: figure, rival, ratio, required."""
        sign = "≤" if self.at_most else "≥"
        mark = "reached" if self.reached else "MISSED"
        return (
            f"{self.what:<46} {self.value:9.3f} {self.unit:<4} {self.rival:<34} {self.rival_value:9.3f}"
            f"   ratio {self.ratio:7.4f}   required {sign} {self.required:.4f}   {mark}"
            + (f"   ({self.note})" if self.note else "")
        )


def keep(figures: Sequence[Figure]) -> None:
    """Append the figures to the results, with the machine and the versions that made them."""
    machine = {
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in _VERSIONS},
    }
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with RESULTS.open("a", encoding="utf-8") as file:
        for figure in figures:
            record = {"at": at, **asdict(figure), "ratio": figure.ratio, "reached": figure.reached, **machine}
            file.write(json.dumps(record) + "\n")


def seconds(command: Sequence[str], folder: Path, env: dict[str, str] | None = None) -> float:
    """Run a command to its end and return how long that took.

    Raises:
        RuntimeError: it failed; a failed command's time is no figure.
    """
    variables = {**os.environ, **(env or {})}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # with it everything is compiled anew at each start
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=variables)
    taken = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return taken


def interleaved(rounds: int, *measures: Callable[[], float]) -> list[float]:
    """Return the median of each measure over interleaved rounds, after one round that is not counted."""
    for measure in measures:
        measure()
    times = [[measure() for measure in measures] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]
