"""A sweep of 64 combinations on two cores, against the same one after the other: here, and on Dask.

Each computes for some seconds of CPU time: less than any training, more than what surrounds it. The time is
fixed and not the work, for what two cores lose to each other is the machine's part and not ours. On Dask the
scheduler, PostgreSQL and the runner share the two cores with the workers, so there it is more.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figure import Figure, interleaved, seconds
from benchmarks.overhead import WORKBENCH
from tests.clusters import dask_cluster
from tests.postgres import empty_schema, running_server
from tests.projects import notebook, write_project
from tests.system import find_postgres

CELLS = 64
REQUIRED = 1.8
HERE, THERE = 1.0, 3.0  # seconds of CPU time of a combination: on this machine, and on Dask
GRID = ",".join(str(n) for n in range(8))
SWEEP = (WORKBENCH, "sweep", "work", "-p", f"a={GRID}", "-p", f"b={GRID}", "--json")
WARMING = (WORKBENCH, "sweep", "work", "-p", "a=100,101", "--json")  # each worker's fork server loads
WORK = """
import time
import numpy as np
end = time.process_time() + SECONDS
while time.process_time() < end:
    np.sort(np.arange(50_000)[::-1])
stage.save("out", {"sum": a + b})
"""


def measure(rounds: int) -> list[Figure]:
    """Return how much faster the parallel sweep is, on this machine's cores and on two Dask workers."""
    rounds = min(rounds, 3)
    with tempfile.TemporaryDirectory(prefix="wb-sweep-") as name:
        folder = Path(name)
        fresh = (folder / f"shop-{number}" for number in itertools.count())

        def local(parallel: int) -> float:
            return seconds(SWEEP, _project(next(fresh), HERE, runner=f"parallel = {parallel}\n"))

        here = interleaved(rounds, lambda: local(1), lambda: local(2))
        with _database() as new_schema:
            tracking = new_schema()

            def remote(*workers: str) -> float:
                stores = f"[stores]\nledger = '{new_schema()}'\ntracking = '{tracking}'\n"
                root = _project(next(fresh), THERE, extra=stores)
                with dask_cluster(folder, workers) as cluster:  # one at a time: an idle one computes too
                    seconds((*WARMING, "--executor", f"dask://{cluster.address}"), root)
                    return seconds((*SWEEP, "--executor", f"dask://{cluster.address}"), root)

            there = interleaved(rounds, lambda: remote("one"), lambda: remote("left", "right"))
    return [
        _figure("on two cores", here, "one after the other"),
        _figure("on two Dask workers", there, "one Dask worker"),
    ]


def _figure(where: str, times: list[float], rival: str) -> Figure:
    alone, together = times
    what = f"speed of a {CELLS}-cell sweep {where}"
    return Figure(what, CELLS / together, "/s", rival, CELLS / alone, REQUIRED, at_most=False)


@contextmanager
def _database() -> Iterator[Callable[[], str]]:
    """Run a PostgreSQL; yield a function that returns the URL of an empty schema."""
    programs = find_postgres()
    if programs is None:
        raise RuntimeError("The sweep on Dask needs PostgreSQL 15 or later: apt-get install postgresql")
    temporary = tempfile.TemporaryDirectory(prefix="wb-pg-", ignore_cleanup_errors=True)
    with temporary as folder, running_server(programs, Path(folder)):
        server = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        yield lambda: empty_schema(server)


def _project(root: Path, busy: float, *, runner: str = "", extra: str = "") -> Path:
    begin = "import workbench as wb\nstage = wb.stage('work')"
    cells = notebook(begin, WORK.replace("SECONDS", str(busy)), parameters="a: int = 0\nb: int = 0")
    stages = {"work": {"notebook": cells, "outputs": ["out"], "cpus": 1}}
    return write_project(root, stages, runner=runner, extra=extra)
