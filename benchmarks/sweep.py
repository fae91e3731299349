"""A sweep of 64 combinations on two cores, against the same one after the other."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from benchmarks.figure import Figure, interleaved, seconds
from benchmarks.overhead import WORKBENCH
from tests.projects import notebook, write_project

WORK = """
import time
import numpy as np
end = time.process_time() + 0.5
while time.process_time() < end:
    np.sort(np.arange(50_000)[::-1])
stage.save("out", {"sum": a + b})
"""


def measure(rounds: int) -> list[Figure]:
    """Return how much faster the parallel sweep is."""
    with tempfile.TemporaryDirectory(prefix="wb-sweep-") as folder:
        fresh = itertools.count()

        def sweep(parallel: int) -> float:
            root = _project(Path(folder) / str(next(fresh)), parallel)
            eight = ",".join(str(n) for n in range(8))
            return seconds(
                (WORKBENCH, "sweep", "work", "-p", f"a={eight}", "-p", f"b={eight}", "--json"), root
            )

        serial, parallel = interleaved(min(rounds, 3), lambda: sweep(1), lambda: sweep(2))
    what = "speed of a 64-cell sweep on two cores"
    return [Figure(what, 64 / parallel, "/s", "one after the other", 64 / serial, 1.8, at_most=False)]


def _project(root: Path, parallel: int) -> Path:
    begin = "import workbench as wb\nstage = wb.stage('work')"
    cells = notebook(begin, WORK, parameters="a: int = 0\nb: int = 0")
    write_project(root, {"work": {"notebook": cells, "outputs": ["out"], "cpus": 1}})
    toml = root / "workbench.toml"
    toml.write_text(toml.read_text().replace("[runner]\n", f"[runner]\nparallel = {parallel}\n"))
    return root
