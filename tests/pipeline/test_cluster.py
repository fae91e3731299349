"""The same project on a real Dask cluster: one scheduler, two worker processes, stores on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clusters import Cluster, dask_cluster
from tests.kernels.kernel import until
from tests.projects import notebook, write_project
from workbench.errors import StorageError
from workbench.kernels.process import runs, started_at
from workbench.pipeline.attempt import AttemptSpec
from workbench.pipeline.cluster import DaskExecutor
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.reporter import RecordingReporter, SilentReporter
from workbench.pipeline.ticket import Ticket
from workbench.workspace import open_workspace

BEGIN = "import os\nimport workbench as wb\nstage = wb.stage('{}')"
PARENT = "stage.log_metric('parent', os.getppid())"
LEAN = "[kernels]\nusual = false\nidle = '{}'\n"
RUN = "from workbench.cli.main import main; main(['run', '--json', '--executor', 'dask://{}'])"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def _project(
    root: Path, ledger: str, tracking: str, work: str = PARENT, *, idle: str = "60s", **keys: object
) -> Path:
    stages: dict[str, dict[str, object]] = {
        "make": {
            "notebook": notebook(
                BEGIN.format("make"), "stage.save('numbers', {'n': [1, 2, 3]})", parameters="seed: int = 0"
            ),
            "outputs": ["numbers"],
        }
    }
    for name in ("one", "two"):
        save = f"stage.save('{name}', {{'sum': sum(stage.load('numbers')['n'])}})"
        cells = (BEGIN.format(name), work, save)
        stages[name] = {"notebook": notebook(*cells), "inputs": ["numbers"], "outputs": [name], **keys}
    stores = f"[stores]\nledger = '{ledger}'\ntracking = '{tracking}'\n"
    return write_project(root, stages, extra=stores + LEAN.format(idle))


def test_a_pipeline_runs_on_the_cluster_in_kernels_forked_on_its_workers(
    cluster: Cluster, shared_tracking: str, postgres_url: str, tmp_path: Path
) -> None:
    """Outcomes, outputs and cells come back as from here; a worker's fork server ends when unused."""
    reporter = RecordingReporter()
    with open_workspace(_project(tmp_path / "shop", postgres_url, shared_tracking, idle="30s")) as workspace:
        executor = DaskExecutor(cluster.address, workspace.project)
        state = workspace.run(executor=executor, reporter=reporter)
        forking = {server.pid for name in cluster.workers for server in cluster.servers(name)}
        executor.close()
        assert state.outcome is Outcome.SUCCEEDED, state.reason
        assert workspace.stage("one").load("numbers") == {"n": [1, 2, 3]}
        assert workspace.ledger.verify().ok
    assert any(call[0] == "cell_started" for call in reporter.calls)
    assert [call for call in reporter.calls if call[0] == "warning"] == []
    parents = {int(state.entries[name].metrics["parent"]) for name in ("one", "two")}
    assert parents <= forking
    began = {pid: started_at(pid) for pid in forking}
    until(lambda: not any(runs(pid, at) for pid, at in began.items()), 90.0)
    assert not any(cluster.servers(name) for name in cluster.workers)


def test_a_stage_that_no_worker_can_take_fails_at_once(
    cluster: Cluster, shared_tracking: str, postgres_url: str, tmp_path: Path
) -> None:
    """It would wait for ever; what is asked for and what there is stands in its reason."""
    with open_workspace(_project(tmp_path / "shop", postgres_url, shared_tracking, gpu=1)) as workspace:
        executor = DaskExecutor(cluster.address, workspace.project)
        state = workspace.run(executor=executor)
        executor.close()
    assert state.entries["make"].outcome is Outcome.SUCCEEDED
    assert state.entries["one"].outcome is Outcome.FAILED
    assert state.entries["one"].reason == (
        "no worker of the cluster declares cpus=1, gpu=1; declared are: cpus=1"
    )


def test_an_attempt_is_never_begun_twice(
    cluster: Cluster, shared_tracking: str, postgres_url: str, tmp_path: Path
) -> None:
    """Dask begins a vanished worker's task anew, in the same space: the second one touches nothing."""
    with open_workspace(_project(tmp_path / "shop", postgres_url, shared_tracking)) as workspace:
        executor = DaskExecutor(cluster.address, workspace.project)
        spec = _spec(tmp_path)
        (tmp_path / "space").mkdir()
        first = executor.start(spec, SilentReporter()).wait()
        written = (tmp_path / "space" / "notebook.ipynb").stat()
        second = executor.start(spec, SilentReporter()).wait()
        executor.close()
    assert first is not None
    assert first.outcome is Outcome.SUCCEEDED, first.reason
    assert second is not None
    assert second.outcome is Outcome.LOST
    assert second.reason.endswith("vanished")
    assert (tmp_path / "space" / "notebook.ipynb").stat() == written


def test_a_worker_that_does_not_see_the_project_says_so(
    cluster: Cluster, shared_tracking: str, postgres_url: str, tmp_path: Path
) -> None:
    """It makes no folder of its own, whose files nobody would find."""
    with open_workspace(_project(tmp_path / "shop", postgres_url, shared_tracking)) as workspace:
        executor = DaskExecutor(cluster.address, workspace.project)
        result = executor.start(_spec(tmp_path), SilentReporter()).wait()
        executor.close()
    assert result is not None
    assert result.outcome is Outcome.LOST
    assert f"does not see {tmp_path / 'space'}" in result.reason
    assert not (tmp_path / "space").exists()


def test_a_killed_runner_leaves_nothing_on_the_workers(
    cluster: Cluster, shared_tracking: str, postgres_url: str, tmp_path: Path
) -> None:
    """The scheduler lets its tasks go, and the workers end their kernels."""
    wait = "open(f'pid-{os.getpid()}', 'w').close()\nimport time\ntime.sleep(600)"
    root = _project(tmp_path / "shop", postgres_url, shared_tracking, wait)
    runner = subprocess.Popen([sys.executable, "-c", RUN.format(cluster.address)], cwd=root)
    until(lambda: len(list((root / "notebooks").glob("pid-*"))) == 2, 90.0)
    pids = [int(path.name.removeprefix("pid-")) for path in (root / "notebooks").glob("pid-*")]
    began = {pid: started_at(pid) for pid in pids}
    assert all(runs(pid, at) for pid, at in began.items())
    runner.kill()
    runner.wait()
    until(lambda: not any(runs(pid, at) for pid, at in began.items()))


def test_a_scheduler_that_goes_away_is_named(shared_tracking: str, postgres_url: str, tmp_path: Path) -> None:
    """What runs is given up, and the message says how to go on."""
    wait = "open('began', 'w').close()\nimport time\ntime.sleep(600)"
    root = _project(tmp_path / "shop", postgres_url, shared_tracking, wait)
    with dask_cluster(tmp_path, ["only"]) as cluster, open_workspace(root) as workspace:
        executor = DaskExecutor(cluster.address, workspace.project)
        with ThreadPoolExecutor(1) as other:
            other.submit(_kill_when, root / "notebooks" / "began", cluster)
            with pytest.raises(StorageError, match="does not answer any more") as caught:
                workspace.run(executor=executor)
        executor.close()
        assert caught.value.hint.endswith(f"workbench resume last --executor dask://{cluster.address}")


def _kill_when(mark: Path, cluster: Cluster) -> None:
    until(mark.exists, 60.0)
    cluster.scheduler.kill()


def _spec(folder: Path) -> AttemptSpec:
    """Return an attempt of a notebook with nothing in it."""
    import json

    ticket = Ticket(
        root=str(folder),
        run="r",
        pipeline="main",
        stage="one",
        entry="one",
        attempt=1,
        folder=str(folder / "space"),
        at="2013-01-01T00:00:00+00:00",
        actor="nobody",
        seed=1,
        data=str(folder),
        inputs={},
        outputs=(),
    )
    return AttemptSpec(
        ticket=ticket,
        notebook=json.dumps(notebook("1 + 1")),
        cwd=str(folder),
        kernel_name="python3",
        env={},
        timeout=60.0,
        heartbeat=2.0,
        output_limit=1000,
        save_every=2.0,
        resources={"cpus": 1.0},
    )
