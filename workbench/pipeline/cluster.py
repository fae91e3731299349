"""Runs attempts on a Dask cluster; our own heartbeats and stop flags decide what became of them.

Dask moves work to workers. It is not asked what happened: a cancelled task may run on, and a frozen
worker goes unnoticed for minutes. Each attempt beats from its worker, and an attempt whose beats stop is
lost here, whatever Dask believes. Only the runner commits, so a lost attempt that comes back is ignored.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.errors import StorageError, UsageError
from workbench.pipeline.attempt import AttemptResult, AttemptSpec, Observer
from workbench.pipeline.budget import Budget
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.worker import perform_there, stop_file
from workbench.project import Project

if TYPE_CHECKING:
    from distributed import Client, Future

_TICK = 0.1  # seconds between two looks at an attempt


class DaskExecutor:
    """Runs attempts on the workers of a Dask cluster.

    Workers declare what they have: `dask worker … --resources "cpus=4 memory=16e9 gpu=1"`. They see the
    project's folder at the same path as the runner, and the same package versions.

    Args:
        address: of the scheduler, `HOST:PORT`.
        project: must keep its ledger and its tracking where other machines can write.

    Raises:
        UsageError: the project's stores are local SQLite files, or no worker declares `cpus`.
        StorageError: the scheduler does not answer.
    """

    name = "dask"

    def __init__(self, address: str, project: Project) -> None:
        refuse_local_stores(project)
        self._heartbeat = project.config.runner.heartbeat.total_seconds()
        self.client = _connect(address)
        self._avoided: set[str] = set()
        self._lock = threading.Lock()
        if not self.workers():
            raise UsageError(
                f"The cluster at {address} has no worker that declares cpus.",
                hint='Start one with: dask worker tcp://… --resources "cpus=2 memory=8e9"',
            )

    def budget(self, local: Budget) -> Budget:
        """Return what the whole cluster may use at once."""
        resources = [worker["resources"] for worker in self.workers().values()]
        cpus = int(sum(each["cpus"] for each in resources))
        memory = int(sum(each.get("memory", local.memory) for each in resources))
        return Budget(slots=cpus, cpus=cpus, memory=memory, spread=True)

    def workers(self) -> dict[str, Mapping[str, Any]]:
        """Return the workers that may be given work: seen within two heartbeats, and never lost."""
        known = self.client.scheduler_info(n_workers=-1)["workers"]
        return {
            address: worker
            for address, worker in known.items()
            if address not in self._avoided
            and "cpus" in worker["resources"]
            and time.time() - worker["last_seen"] < 2 * self._heartbeat + 1.0
        }

    def avoid(self, worker: str) -> None:
        """Give no more work to a worker that lost an attempt."""
        with self._lock:
            self._avoided.add(worker)

    def start(self, spec: AttemptSpec, observer: Observer) -> DaskHandle:
        """Submit an attempt to the cluster."""
        return DaskHandle(self, spec, observer)

    def close(self) -> None:
        """Leave the cluster."""
        self.client.close()


class DaskHandle:
    """An attempt on the cluster, followed by its beats."""

    def __init__(self, executor: DaskExecutor, spec: AttemptSpec, observer: Observer) -> None:
        self._executor = executor
        self._spec = spec
        self._observer = observer
        self._topic = f"workbench-{uuid.uuid4().hex}"
        self._worker: str | None = None
        self._beaten = time.monotonic()
        self._result: AttemptResult | None = None
        executor.client.subscribe_topic(self._topic, self._hear)
        self._future = self._submit()

    @property
    def alive(self) -> bool:
        """Whether the attempt still runs, as far as we can tell."""
        return self._result is None

    def wait(self, timeout: float | None = None) -> AttemptResult | None:
        """Return the result, None when the attempt still runs after `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while self._result is None and (end is None or time.monotonic() < end):
            self._look()
        return self._result

    def stop(self, reason: str) -> None:
        """Ask for the attempt to be ended, through a flag in its space."""
        stop_file(self._spec).write_text(reason, encoding="utf-8")

    def _look(self) -> None:
        if self._future.done():
            self._end(self._ended())
            return
        silent = time.monotonic() - self._beaten
        if self._worker is not None and silent > 2 * self._spec.heartbeat:
            self._executor.avoid(self._worker)
            self._end(_lost(f"its worker {self._worker} gave no sign of life for {silent:.1f} s"))
        elif self._worker is None and silent > 2 * self._spec.heartbeat:
            self._move()
        time.sleep(_TICK)

    def _ended(self) -> AttemptResult:
        if self._future.status == "finished":
            result: AttemptResult = self._future.result()
            return result
        if self._worker:
            self._executor.avoid(self._worker)
        if self._future.status == "error":
            return _lost(f"its worker failed: {self._future.exception()}")
        return _lost("the cluster gave the attempt up")

    def _end(self, result: AttemptResult) -> None:
        self._result = result
        self._executor.client.unsubscribe_topic(self._topic)
        self._future.cancel(force=True)

    def _move(self) -> None:
        """Submit the attempt anew when it waits at a worker that is no longer seen."""
        processing = self._executor.client.processing()
        at = next((address for address, keys in processing.items() if self._future.key in keys), None)
        self._beaten = time.monotonic()
        if at is not None and at not in self._executor.workers():
            self._executor.avoid(at)
            self._future.cancel(force=True)
            self._future = self._submit()

    def _submit(self) -> Future:
        return self._executor.client.submit(
            perform_there,
            self._spec,
            self._topic,
            resources=dict(self._spec.resources),
            workers=list(self._executor.workers()) or None,
            key=f"{self._spec.ticket.entry}-{uuid.uuid4().hex}",
            pure=False,
            retries=0,
        )

    def _hear(self, event: tuple[float, Any]) -> None:
        _, message = event
        self._beaten = time.monotonic()
        self._worker = message["worker"]
        if "cell" in message and self._result is None:
            self._observer.cell_started(*message["cell"])


def refuse_local_stores(project: Project) -> None:
    """Raise UsageError when a ledger or tracking store is a local file that no other machine can write."""
    stores = {"ledger": project.layout.ledger_url, "tracking": project.layout.tracking_url}
    for name, url in stores.items():
        if url.startswith("sqlite"):
            raise UsageError(
                f"A cluster cannot write the project's {name}, which is a local SQLite file.",
                hint=f'Set [stores] {name} = "postgresql+psycopg://…" in workbench.toml, or run locally.',
            )


def _connect(address: str) -> Client:
    from distributed import Client

    try:
        return Client(address.removeprefix("dask://"), timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise StorageError(
            f"No Dask scheduler answers at {address}: {error}.",
            hint="Start one with: dask scheduler --host 127.0.0.1 --port 8786",
            store=address,
        ) from error


def _lost(reason: str) -> AttemptResult:
    return AttemptResult(Outcome.LOST, reason, 0.0, 0.0, 0)
