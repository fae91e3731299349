"""An attempt's life on a cluster's worker: it is performed once, it beats, and it looks for an end."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.errors import StorageError
from workbench.kernels.settings import KernelSettings
from workbench.pipeline.attempt import AttemptResult, AttemptSpec, Stop, perform
from workbench.pipeline.outcome import Outcome

_LOADING = threading.Lock()  # two threads that import the same from two ends see modules half made
_VISIBLE = 5.0  # seconds in which a new folder shows on another machine


def stop_file(spec: AttemptSpec) -> Path:
    """Return the file whose appearance asks the attempt to end, wherever it runs."""
    return Path(spec.ticket.folder) / "stop"


def get_ready(warm: KernelSettings | None) -> None:
    """Load on a worker what attempts need, and its fork server beside, before the first one comes."""
    if warm:
        from workbench.kernels.start import expect

        expect(warm)
    _load()


def perform_there(spec: AttemptSpec, topic: str, attempt: str) -> AttemptResult:
    """Perform an attempt on a worker, beating under its name on a topic until it has ended.

    Dask begins a task anew when its worker vanishes. An attempt is never begun twice: two kernels would
    write into one space.
    """
    from distributed import get_worker

    worker = get_worker()
    before = _claim(spec, worker.address)
    if before:
        return lost(f"its worker {before} vanished")
    stop, ended = Stop(), threading.Event()
    wanted = _wanted(worker)

    def say(message: dict[str, Any]) -> None:
        with contextlib.suppress(Exception):  # a cut line is noticed by the silence at its other end
            worker.log_event(topic, {"attempt": attempt, "worker": worker.address, **message})

    def beat() -> None:
        flag = stop_file(spec)
        while True:
            say({})
            if flag.exists():
                stop.request(flag.read_text(encoding="utf-8"))
            elif not wanted():
                stop.request("nobody waits for it any more")
            if ended.wait(min(spec.heartbeat / 4, 1.0)):
                return

    thread = threading.Thread(target=beat, name="beat", daemon=True)
    thread.start()
    try:
        _load()
        return perform(spec, _Teller(say), stop)
    finally:
        ended.set()


def lost(reason: str) -> AttemptResult:
    """Return the result of an attempt whose worker is gone."""
    return AttemptResult(Outcome.LOST, reason, 0.0, 0.0, 0)


def _claim(spec: AttemptSpec, address: str) -> str | None:
    """Take an attempt for this worker; return the worker that took it before, None when none did.

    Raises:
        StorageError: the attempt's folder, which the runner has made, is not there.
    """
    path = Path(spec.ticket.folder) / "worker"
    end = time.monotonic() + _VISIBLE
    while True:
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(address)
            return None
        except FileExistsError:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            if time.monotonic() > end:
                raise StorageError(
                    f"The worker {address} does not see {spec.ticket.folder}.",
                    hint="Mount the project's folder there, at the same path as where `workbench` runs.",
                    store=spec.ticket.folder,
                ) from error
        time.sleep(0.1)


def _wanted(worker: Any) -> Callable[[], bool]:
    """Return a function that says whether anybody waits for the task of this thread.

    The scheduler lets a task go when it was cancelled, and when the client that submitted it is gone: a
    runner that was killed leaves nothing running on the workers.
    """
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state == "executing"

    return wanted


def _load() -> None:
    with _LOADING:
        from workbench.pipeline.lean import import_nbformat

        import_nbformat()
        from workbench.pipeline import engine, session  # noqa: F401


class _Teller:
    """Tells the runner of cells."""

    def __init__(self, say: Any) -> None:
        self._say = say

    def cell_started(self, entry: str, number: int, cells: int, first_line: str) -> None:
        """Pass the call on."""
        self._say({"cell": [entry, number, cells, first_line]})
