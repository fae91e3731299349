"""The same project on a real Dask cluster: one scheduler, two worker processes, stores on PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.projects import notebook, write_project
from workbench.pipeline.cluster import DaskExecutor
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.reporter import RecordingReporter
from workbench.workspace import open_workspace

BEGIN = "import workbench as wb\nstage = wb.stage('{}')"
DASK = [sys.executable, "-m", "distributed.cli.dask_{}"]


def _dask(kind: str, *words: str) -> subprocess.Popen[bytes]:
    command = [part.format(kind) for part in DASK]
    quiet = subprocess.DEVNULL
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        [*command, *words], stdout=quiet, stderr=quiet, env=environment, start_new_session=True
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, dict[str, subprocess.Popen[bytes]]]]:
    """Yield a scheduler's address and its two workers by name."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    scheduler = _dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    workers = {
        name: _dask(
            "worker",
            f"tcp://{address}",
            *("--host", "127.0.0.1", "--name", name, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
            *("--resources", "cpus=1", "--local-directory", str(tmp_path / name)),
        )
        for name in ("left", "right")
    }
    try:
        _wait_for_workers(address, 2)
        yield address, workers
    finally:
        for process in (*workers.values(), scheduler):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


def _wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, timeout="60s", set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


def _project(root: Path, postgres_url: str, work: str) -> Path:
    stages: dict[str, dict[str, object]] = {
        "make": {
            "notebook": notebook(
                BEGIN.format("make"), "stage.save('numbers', {'n': [1, 2, 3]})", parameters="seed: int = 0"
            ),
            "outputs": ["numbers"],
        }
    }
    for name in ("one", "two"):
        cells = (
            BEGIN.format(name),
            work,
            f"stage.save('{name}', {{'sum': sum(stage.load('numbers')['n'])}})",
        )
        stages[name] = {"notebook": notebook(*cells), "inputs": ["numbers"], "outputs": [name]}
    stores = f"[stores]\nledger = '{postgres_url}'\ntracking = '{postgres_url}'\n"
    return write_project(root, stages, extra=stores)


def test_a_pipeline_runs_on_the_cluster(
    cluster: tuple[str, object], postgres_url: str, tmp_path: Path
) -> None:
    """Outcomes, outputs and cells come back as from this machine."""
    root = _project(tmp_path / "shop", postgres_url, "pass")
    reporter = RecordingReporter()
    with open_workspace(root) as workspace:
        executor = DaskExecutor(cluster[0], workspace.project)
        state = workspace.run(executor=executor, reporter=reporter)
        executor.close()
        assert state.outcome is Outcome.SUCCEEDED, state.reason
        assert workspace.stage("one").load("numbers") == {"n": [1, 2, 3]}
        assert workspace.ledger.verify().ok
    assert any(call[0] == "cell_started" for call in reporter.calls)


@pytest.mark.parametrize("harm", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_a_worker_that_is_lost_costs_only_its_own_stage(
    harm: signal.Signals,
    cluster: tuple[str, dict[str, subprocess.Popen[bytes]]],
    postgres_url: str,
    tmp_path: Path,
) -> None:
    """Its stage runs again elsewhere; the other stages are not disturbed, and the results are the same."""
    address, workers = cluster
    wait = "import time\nfrom pathlib import Path\nPath('began').touch()\ntime.sleep(4)"
    root = _project(tmp_path / "shop", postgres_url, wait)
    mark = root / "notebooks" / "began"

    def strike() -> None:
        while not mark.exists():
            time.sleep(0.05)
        time.sleep(0.5)
        workers["left"].send_signal(harm)

    threading.Thread(target=strike, daemon=True).start()
    with open_workspace(root) as workspace:
        executor = DaskExecutor(address, workspace.project)
        state = workspace.run(executor=executor)
        executor.close()
        attempts = {name: [a.outcome for a in e.attempts] for name, e in state.entries.items()}
        sums = [workspace.catalog.current(name) for name in ("one", "two")]
    assert state.outcome is Outcome.SUCCEEDED, state.reason
    assert attempts["make"] == [Outcome.SUCCEEDED]
    assert sorted(len(outcomes) for outcomes in (attempts["one"], attempts["two"])) == [1, 2]
    assert Outcome.LOST in attempts["one"] + attempts["two"]
    assert all(record is not None for record in sums)
