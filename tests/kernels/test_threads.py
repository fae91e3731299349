"""A stage computes with as many threads as its share of the machine, whoever loaded its libraries."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.kernels.kernel import USUAL, Kernel
from tests.projects import notebook, write_project
from workbench.kernels.servers import start_server
from workbench.kernels.settings import settings_of
from workbench.pipeline.outcome import Outcome
from workbench.workspace import open_workspace

ROOT = Path(__file__).parents[2]
LIKE_USUAL = "[kernels]\nidle = '60s'\n"  # one server serves all of these tests
MEASURE = """
import os, threading, time
from pathlib import Path
import workbench as wb
stage = wb.stage({name!r})

def spent():
    "Seconds on a core, by thread."
    stats = [(task.name, (task / "stat").read_text()) for task in Path("/proc/self/task").iterdir()]
    fields = [(name, stat.rpartition(")")[2].split()) for name, stat in stats]
    return {{name: (int(found[11]) + int(found[12])) / 100 for name, found in fields}}

def measure(name, work):
    before, wall, cpu = spent(), time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    each = [after - before.get(thread, 0.0) for thread, after in spent().items()]
    busy = sum(seconds > 0.2 * max(each) for seconds in each)
    stage.log_metrics({{f"{{name}}.load": cpu / wall, f"{{name}}.threads": busy, f"{{name}}.wall": wall}})
"""
WORK = """
import lightgbm as lgb, numpy as np
from sklearn.cluster import KMeans
random = np.random.default_rng(7)
square, rows = random.normal(size=(900, 900)), random.normal(size=(40_000, 20))
table = lgb.Dataset(rows, (rows[:, 0] > 0).astype(int)).construct()

def multiply():
    for _ in range(15):
        square @ square

def boost():
    lgb.train({"objective": "binary", "verbosity": -1}, table, num_boost_round=60)
"""
MEASURED = """
measure("numpy", multiply)
measure("sklearn", lambda: KMeans(16, n_init=2, max_iter=60, random_state=7).fit(rows))
measure("lightgbm", boost)
thread = threading.Thread(target=measure, args=("thread", boost))
thread.start()
thread.join()
stage.log_metric("parent", os.getppid())
"""
LIBRARIES = ("numpy", "sklearn", "lightgbm", "thread")


def test_stages_keep_every_core_of_their_share_busy_and_no_other(
    shared_servers: Path, tmp_path: Path
) -> None:
    """With a share of 1 not a tenth more than one core is used; with 2, two threads do the work."""
    stages = {
        f"share{cpus}": {
            "notebook": notebook(MEASURE.format(name=f"share{cpus}"), WORK, MEASURED),
            "cpus": cpus,
        }
        for cpus in (1, 2)
    }
    root = write_project(
        tmp_path / "shop", stages, heartbeat="10s", runner="parallel = 1\n", extra=LIKE_USUAL
    )
    with open_workspace(root) as workspace:
        server = start_server(settings_of(workspace.project))
        state = workspace.run()
        assert state.outcome is Outcome.SUCCEEDED, state.reason
        one, two = (state.entries[name].metrics for name in stages)
    assert one["parent"] == two["parent"] == server.pid
    for name in LIBRARIES:
        print(f"{name}: share of 1 {one[f'{name}.load']:.2f} cores; of 2 {two[f'{name}.load']:.2f}")
    assert {name: one[f"{name}.load"] for name in LIBRARIES if one[f"{name}.load"] > 1.1} == {}
    assert {name: one[f"{name}.threads"] for name in LIBRARIES} == dict.fromkeys(LIBRARIES, 1)
    assert {name: two[f"{name}.load"] for name in LIBRARIES if two[f"{name}.load"] > 2.2} == {}
    assert {name for name in LIBRARIES if two[f"{name}.threads"] >= 2} == set(LIBRARIES)


COUNT = """
import threading
import lightgbm, pyarrow, sklearn.cluster, threadpoolctl
from joblib import cpu_count
told = []

def tell():
    pools = {(pool["user_api"], pool["num_threads"]) for pool in threadpoolctl.threadpool_info()}
    told.append((sorted(pools), pyarrow.cpu_count(), cpu_count()))

tell()
thread = threading.Thread(target=tell)
thread.start()
thread.join()
"""


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OMP_NUM_THREADS": "3"},
        {"OMP_NUM_THREADS": "2,1", "OPENBLAS_NUM_THREADS": "1", "LOKY_MAX_CPU_COUNT": "1"},
    ],
    ids=lambda environment: " ".join(f"{name}={value}" for name, value in environment.items()) or "none",
)
def test_threads_are_counted_as_in_a_cold_kernel(environment: dict[str, str], shared_servers: Path) -> None:
    """In the main thread and in one that is started later, whatever the environment says."""
    start_server(USUAL)
    with Kernel(None, environment=environment) as cold:
        expected = cold.value(COUNT, "told")
    with Kernel(USUAL, environment=environment) as warm:
        assert warm.value(COUNT, "told") == expected
        assert warm.cold is None


def test_a_kernel_on_fewer_cores_than_its_server_counts_its_own(shared_servers: Path) -> None:
    """What a library counted when the server loaded it does not hold for who asks from a narrower place."""
    server = start_server(USUAL)
    code = f"""
        import os
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
        from tests.kernels.kernel import USUAL, Kernel
        with Kernel(USUAL) as kernel:
            print(kernel.value('import os', 'os.getppid()'), kernel.value({COUNT!r}, "told"))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    pools = [("blas", 1), ("openmp", 1)]
    parent, _, told = done.stdout.strip().partition(" ")
    assert int(parent) == server.pid
    assert told.count(str(pools)) == 2
