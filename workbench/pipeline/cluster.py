"""Runs attempts on a Dask cluster; our own heartbeats and stop flags decide what became of them.

Dask moves work to workers. It is not asked what happened: a cancelled task may run on, and a frozen
worker goes unnoticed for minutes. Each attempt beats from its worker, and an attempt whose beats stop is
lost here, whatever Dask believes. Only the runner commits, so a lost attempt that comes back is ignored.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from workbench.errors import StorageError, UsageError
from workbench.kernels.settings import settings_of
from workbench.pipeline.attempt import AttemptResult, AttemptSpec, Observer
from workbench.pipeline.budget import Budget
from workbench.pipeline.outcome import Outcome
from workbench.pipeline.silence import Silence
from workbench.pipeline.worker import get_ready, lost, perform_there, stop_file
from workbench.project import Project
from workbench.project.reach import check_reach

if TYPE_CHECKING:
    from distributed import Client, Future

_TICK = 0.1  # seconds between two looks at the beats of an attempt that has not ended
_PATIENCE = 600.0  # seconds for a worker to appear when there is none


class DaskExecutor:
    """Runs attempts on the workers of a Dask cluster.

    Workers declare what they have: `dask worker … --resources "cpus=4 memory=16e9 gpu=1"`. They see the
    project's folder at the same path as the runner, and the same package versions.

    Args:
        address: of the scheduler, `HOST:PORT`.
        project: must keep its ledger and its tracking where other machines can write.

    Raises:
        ConfigurationError: the project's stores are local SQLite files.
        UsageError: no worker declares `cpus`.
        StorageError: the scheduler does not answer.
    """

    name = "dask"

    def __init__(self, address: str, project: Project) -> None:
        self.address = address.removeprefix("dask://")
        check_reach(project, f"dask://{self.address}")
        self._heartbeat = project.config.runner.heartbeat.total_seconds()
        self._warm = settings_of(project) if project.config.runner.warm else None
        self.client = _connect(self.address)
        self.topic = f"workbench-{uuid.uuid4().hex}"
        self._avoided: set[str] = set()
        self._listening: dict[str, Callable[[Mapping[str, Any]], None]] = {}
        self._lock = threading.Lock()
        self._ahead = self.client.run_on_scheduler(time.time) - time.time()  # its clock is not ours
        workers = self.workers()
        if not workers:
            self.close()
            raise UsageError(
                f"The cluster at {self.address} has no worker that declares cpus.",
                hint='Start one with: dask worker tcp://… --resources "cpus=2 memory=8e9"',
            )
        self.client.subscribe_topic(self.topic, self._hear)
        self._loading = [
            self.client.submit(get_ready, self._warm, workers=[worker], pure=False) for worker in workers
        ]

    def budget(self, local: Budget) -> Budget:
        """Return what the whole cluster may use at once."""
        resources = [worker["resources"] for worker in self.workers().values()]
        cpus = int(sum(each["cpus"] for each in resources))
        memory = int(sum(each.get("memory", local.memory) for each in resources))
        return Budget(slots=cpus, cpus=cpus, memory=memory, spread=True)

    def workers(self) -> dict[str, Mapping[str, Any]]:
        """Return the workers that may be given work: seen within two heartbeats, and never lost."""
        now = time.time() + self._ahead
        return {
            address: worker
            for address, worker in self._declared().items()
            if address not in self._avoided and now - worker["last_seen"] < 2 * self._heartbeat + 1.0
        }

    def refuses(self, wanted: Mapping[str, float]) -> str | None:
        """Return why an attempt would wait for ever, None when some worker has what it asks for."""
        declared = [worker["resources"] for worker in self._declared().values()]
        fits = any(all(each.get(name, 0) >= most for name, most in wanted.items()) for each in declared)
        if fits or not declared:
            return None
        asked = ", ".join(f"{name}={most:g}" for name, most in wanted.items())
        have = " | ".join(sorted({", ".join(f"{n}={m:g}" for n, m in each.items()) for each in declared}))
        return f"no worker of the cluster declares {asked}; declared are: {have}"

    def _declared(self) -> dict[str, Mapping[str, Any]]:
        with self.reached():
            known = self.client.scheduler_info(n_workers=-1).get("workers")
            if known is None:
                raise ConnectionError("the connection is closed")
        return {address: worker for address, worker in known.items() if "cpus" in worker["resources"]}

    def avoid(self, worker: str) -> None:
        """Give no more work to a worker that lost an attempt."""
        with self._lock:
            self._avoided.add(worker)

    def start(self, spec: AttemptSpec, observer: Observer) -> DaskHandle:
        """Submit an attempt to the cluster.

        Raises:
            StorageError: the scheduler is gone.
        """
        return DaskHandle(self, spec, observer)

    def listen(self, attempt: str, hear: Callable[[Mapping[str, Any]], None]) -> None:
        """Pass on what a worker says of an attempt."""
        self._listening[attempt] = hear

    def ignore(self, attempt: str) -> None:
        """Pass on nothing more of an attempt."""
        self._listening.pop(attempt, None)

    def close(self) -> None:
        """Leave the cluster."""
        self.client.close()

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Say in words that the scheduler is gone, whichever of its clients' errors tells it.

        Raises:
            StorageError: it is.
        """
        from asyncio import CancelledError

        try:
            yield
        except (OSError, RuntimeError, TimeoutError, CancelledError) as error:
            raise StorageError(
                f"The Dask scheduler at {self.address} does not answer any more: {error}.",
                hint="When it is there again, go on with: workbench resume last --executor "
                f"dask://{self.address}",
                store=self.address,
            ) from error

    def _hear(self, event: tuple[float, Any]) -> None:
        _, message = event
        hear = self._listening.get(message["attempt"])
        if hear:
            hear(message)


class DaskHandle:
    """An attempt on the cluster, followed by its beats."""

    def __init__(self, executor: DaskExecutor, spec: AttemptSpec, observer: Observer) -> None:
        self._executor = executor
        self._spec = spec
        self._observer = observer
        self._name = uuid.uuid4().hex
        self._worker: str | None = None
        now = time.monotonic()
        self._silence = Silence(spec.heartbeat / 2, now)
        self._hopeless = now + _PATIENCE
        self._result: AttemptResult | None = None
        self._changed = threading.Event()
        with executor.reached():
            refusal = executor.refuses(spec.resources)
            if refusal:
                self._result = AttemptResult(Outcome.FAILED, refusal, 0.0, 0.0, 0)
                return
            executor.listen(self._name, self._hear)
            self._future = self._submit()

    @property
    def alive(self) -> bool:
        """Whether the attempt still runs, as far as we can tell."""
        return self._result is None

    def wait(self, timeout: float | None = None) -> AttemptResult | None:
        """Return the result, None when the attempt still runs after `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        with self._executor.reached():
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
        silent = self._silence.look(time.monotonic())
        if self._worker is not None and silent > 2 * self._spec.heartbeat:
            self._executor.avoid(self._worker)
            self._end(lost(f"its worker {self._worker} gave no sign of life for {silent:.1f} s"))
            return
        if self._worker is None and silent > 2 * self._spec.heartbeat:
            self._move()
        if self._changed.wait(_TICK):
            self._changed.clear()

    def _ended(self) -> AttemptResult:
        if self._future.status == "finished":
            result: AttemptResult = self._future.result()
        elif self._future.status == "error":
            result = lost(f"its worker failed: {self._future.exception()}")
        else:
            result = lost("the cluster gave the attempt up")
        if result.outcome is Outcome.LOST and self._worker:
            self._executor.avoid(self._worker)
        return result

    def _end(self, result: AttemptResult) -> None:
        self._result = result
        self._executor.ignore(self._name)
        self._future.cancel(force=True)

    def _move(self) -> None:
        """Submit the attempt anew when it waits at a worker that is no longer seen."""
        processing = self._executor.client.processing()
        at = next((address for address, keys in processing.items() if self._future.key in keys), None)
        workers = self._executor.workers()
        self._silence.end()
        now = time.monotonic()
        if workers:
            self._hopeless = now + _PATIENCE
        elif now > self._hopeless:
            self._end(lost(f"no worker was there for {_PATIENCE:g} s"))
            return
        if at is not None and at not in workers:
            self._executor.avoid(at)
            self._future.cancel(force=True)
            self._future = self._submit()

    def _submit(self) -> Future:
        future = self._executor.client.submit(
            perform_there,
            self._spec,
            self._executor.topic,
            self._name,
            resources=dict(self._spec.resources),
            workers=list(self._executor.workers()) or None,
            key=f"{self._spec.ticket.entry}-{uuid.uuid4().hex}",
            pure=False,
            retries=0,
        )
        future.add_done_callback(lambda _: self._changed.set())
        return future

    def _hear(self, message: Mapping[str, Any]) -> None:
        self._silence.end()
        self._worker = message["worker"]
        if "cell" in message and self._result is None:
            self._observer.cell_started(*message["cell"])


def _connect(address: str) -> Client:
    from distributed import Client

    try:
        return Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise StorageError(
            f"No Dask scheduler answers at {address}: {error}.",
            hint="Start one with: dask scheduler --host 127.0.0.1 --port 8786",
            store=address,
        ) from error
