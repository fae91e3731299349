"""A sweep of 64 combinations on two cores, against the same one after the other: here, and on Dask.

Each trains LightGBM on 60,000 rows by one thread, about three seconds: little for a training. On Dask the
scheduler, PostgreSQL and the runner share the same two cores with the workers.
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
GRID = ",".join(str(n) for n in range(8))
SWEEP = (WORKBENCH, "sweep", "work", "-p", f"a={GRID}", "-p", f"b={GRID}", "--json")
WARMING = (WORKBENCH, "sweep", "work", "-p", "a=100,101", "--json")  # each worker's fork server loads
WORK = """
import lightgbm
import numpy as np
random = np.random.default_rng(stage.seed)
x = random.normal(size=(80_000, 20))
y = (x[:, 0] * x[:, 1] + x[:, 2] + random.normal(size=80_000) > 0).astype(int)
settings = {"objective": "binary", "learning_rate": 0.02 * (1 + a % 8), "num_leaves": 31 + b % 8}
settings |= {"num_threads": 1, "verbose": -1, "seed": stage.seed}
grown = lightgbm.train(settings, lightgbm.Dataset(x[:60_000], y[:60_000]), 400)
right = (grown.predict(x[60_000:], num_threads=1) > 0.5) == y[60_000:]
stage.log_metrics({"accuracy": right.mean()})
stage.save("out", {"accuracy": float(right.mean())})
"""


def measure(rounds: int) -> list[Figure]:
    """Return how much faster the parallel sweep is, on this machine's cores and on two Dask workers."""
    rounds = min(rounds, 3)
    with tempfile.TemporaryDirectory(prefix="wb-sweep-") as name:
        folder = Path(name)
        fresh = (folder / f"shop-{number}" for number in itertools.count())

        def local(parallel: int) -> float:
            return seconds(SWEEP, _project(next(fresh), runner=f"parallel = {parallel}\n"))

        here = interleaved(rounds, lambda: local(1), lambda: local(2))
        with _database() as new_schema:
            tracking = new_schema()

            def remote(*workers: str) -> float:
                stores = f"[stores]\nledger = '{new_schema()}'\ntracking = '{tracking}'\n"
                root = _project(next(fresh), extra=stores)
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


def _project(root: Path, *, runner: str = "", extra: str = "") -> Path:
    begin = "import workbench as wb\nstage = wb.stage('work')"
    cells = notebook(begin, WORK, parameters="a: int = 0\nb: int = 0")
    stages = {"work": {"notebook": cells, "outputs": ["out"], "cpus": 1}}
    return write_project(root, stages, runner=runner, extra=extra)
