"""Workers that are killed or frozen cost their own stages and nothing else, in a pipeline and in a sweep."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clusters import Cluster, dask_cluster
from tests.kernels.kernel import until
from tests.projects import notebook, write_project
from workbench.pipeline.cluster import DaskExecutor
from workbench.pipeline.history import RunState
from workbench.pipeline.outcome import Outcome
from workbench.workspace import open_workspace

BEGIN = "import os\nimport workbench as wb\nstage = wb.stage('{}')"
LEAN = "[kernels]\nusual = false\n"
STORES = "[stores]\nledger = '{}'\ntracking = '{}'\n"
# A combination of the sweep waits for its turn when somebody steers it.
WORK = """
import random, time
from pathlib import Path
Path(f"began-{n}").touch()
while Path("steered").exists() and n >= int(Path("steered").read_text()) and not Path(f"go-{n}").exists():
    time.sleep(0.02)
stage.save("out", {"n": n, "drawn": random.Random(stage.seed + n).random()})
"""


def _pipeline(root: Path, ledger: str, tracking: str) -> Path:
    wait = "import time\nfrom pathlib import Path\nPath(f'began-{stage.name}').touch()\ntime.sleep(3)"
    stages: dict[str, dict[str, object]] = {
        "make": {
            "notebook": notebook(BEGIN.format("make"), "stage.save('numbers', {'n': [1, 2, 3]})"),
            "outputs": ["numbers"],
        }
    }
    for name in ("one", "two"):
        save = f"stage.save('{name}', {{'sum': sum(stage.load('numbers')['n'])}})"
        content = notebook(BEGIN.format(name), wait, save)
        stages[name] = {"notebook": content, "inputs": ["numbers"], "outputs": [name]}
    return write_project(root, stages, extra=STORES.format(ledger, tracking) + LEAN)


@pytest.mark.parametrize("harm", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_a_worker_that_is_lost_costs_only_its_own_stage(
    harm: signal.Signals, shared_tracking: str, postgres_url: str, tmp_path: Path
) -> None:
    """Its stage runs again elsewhere; the other stages are not disturbed, and the results are the same."""
    root = _pipeline(tmp_path / "shop", postgres_url, shared_tracking)
    marks = [root / "notebooks" / f"began-{name}" for name in ("one", "two")]

    def strike() -> None:
        until(lambda: all(mark.exists() for mark in marks), 60.0)
        cluster.workers["left"].send_signal(harm)

    with dask_cluster(tmp_path) as cluster, open_workspace(root) as workspace:
        executor = DaskExecutor(cluster.address, workspace.project)
        with ThreadPoolExecutor(1) as other:
            striking = other.submit(strike)
            state = workspace.run(executor=executor)
            striking.result()
        executor.close()
        attempts = {name: [a.outcome for a in e.attempts] for name, e in state.entries.items()}
        one, two = (workspace.catalog.current(name) for name in ("one", "two"))
    assert state.outcome is Outcome.SUCCEEDED, state.reason
    assert attempts["make"] == [Outcome.SUCCEEDED]
    lost = [Outcome.LOST, Outcome.SUCCEEDED]
    assert sorted([attempts["one"], attempts["two"]], key=len) == [[Outcome.SUCCEEDED], lost]
    assert one is not None
    assert two is not None
    assert one["fingerprint"] == two["fingerprint"]


@pytest.mark.soak
def test_a_sweep_loses_a_killed_and_a_frozen_worker_and_nothing_else(
    soak_count: Callable[[int], int], shared_tracking: str, postgres_url: str, tmp_path: Path
) -> None:
    """Of three workers one is killed and one frozen, halfway; the results are those of a quiet sweep.

    What the frozen one still does when it goes on changes nothing any more.
    """
    count = soak_count(100)
    grid = {"n": [str(n) for n in range(count)]}
    root = _sweep(tmp_path / "shop", STORES.format(postgres_url, shared_tracking))
    (root / "notebooks" / "steered").write_text(str(count // 2), encoding="utf-8")
    with dask_cluster(tmp_path, ["left", "right", "third"]) as cluster, open_workspace(root) as workspace:
        executor = DaskExecutor(cluster.address, workspace.project)
        with ThreadPoolExecutor(1) as other:
            steering = other.submit(_steer, cluster, root, count)
            state = workspace.sweep("work", grid=grid, executor=executor)
            steering.result()
        executor.close()
        lost = [a for e in state.entries.values() for a in e.attempts if a.outcome is Outcome.LOST]
        head = workspace.ledger.head()
        until(lambda: any(_stamped(Path(attempt.folder)) for attempt in lost), 60.0)
        assert workspace.ledger.head() == head
        assert workspace.ledger.verify().ok
    assert state.outcome is Outcome.SUCCEEDED, state.reason
    assert len(lost) == 2
    outcomes = [[a.outcome for a in e.attempts] for e in state.entries.values()]
    assert outcomes.count([Outcome.LOST, Outcome.SUCCEEDED]) == 2
    assert outcomes.count([Outcome.SUCCEEDED]) == count - 2
    with open_workspace(_sweep(tmp_path / "quiet", "")) as workspace:
        quiet = workspace.sweep("work", grid=grid)
    assert _made(state) == _made(quiet)
    print(f"a sweep of {count} on three workers: one killed, one frozen, {len(lost)} attempts lost")


def _sweep(root: Path, stores: str) -> Path:
    content = notebook(BEGIN.format("work"), WORK, parameters="n: int = 0")
    return write_project(root, {"work": {"notebook": content, "outputs": ["out"]}}, extra=stores + LEAN)


def _steer(cluster: Cluster, root: Path, count: int) -> None:
    """Kill a worker when all three are at work in the second half, and freeze one of those left."""
    folder, half = root / "notebooks", count // 2

    def began(first: int) -> int:
        return sum((folder / f"began-{n}").exists() for n in range(first, count))

    try:
        until(lambda: began(half) == 3, 200.0)
        cluster.workers["left"].kill()
        for n in range(half, half + 3):
            (folder / f"go-{n}").touch()
        until(lambda: began(half + 3) == 2, 60.0)
        cluster.workers["right"].send_signal(signal.SIGSTOP)
        for n in range(half + 3, count):
            (folder / f"go-{n}").touch()
        until(lambda: len(list(root.glob(".workbench/runs/*/*/2"))) == 2, 60.0)
        cluster.workers["right"].send_signal(signal.SIGCONT)
    finally:
        (folder / "steered").unlink()


def _stamped(folder: Path) -> bool:
    """Tell whether an attempt has ended, as its own notebook says."""
    stamp = json.loads((folder / "notebook.ipynb").read_text(encoding="utf-8"))["metadata"]
    return "outcome" in stamp.get("workbench", {})


def _made(state: RunState) -> dict[str, tuple[str, str]]:
    return {name: (e.digest, e.outputs["out"]["fingerprint"]) for name, e in state.entries.items()}
