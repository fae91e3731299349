"""Where attempts run: one small seam, on this machine by default."""

from __future__ import annotations

import threading
from typing import Protocol

from workbench.pipeline.attempt import AttemptResult, AttemptSpec, Observer, Stop, perform
from workbench.pipeline.budget import Budget
from workbench.pipeline.outcome import Outcome


class Handle(Protocol):
    """A started attempt."""

    @property
    def alive(self) -> bool:
        """Whether the attempt still runs."""

    def wait(self, timeout: float | None = None) -> AttemptResult | None:
        """Return the result, None when the attempt still runs after `timeout` seconds."""

    def stop(self, reason: str) -> None:
        """Ask for the attempt to be ended; it ends as `interrupted`, and `wait` says so."""


class Executor(Protocol):
    """Starts attempts.

    The contract: `start` returns at once; the attempt's result comes from its handle, whatever
    happens to the process that runs it; after `wait` has returned a result nothing of the attempt
    runs any more, or can no longer be committed.
    """

    name: str

    def budget(self, local: Budget) -> Budget:
        """Return what all attempts together may use there, given what they may use on this machine."""

    def start(self, spec: AttemptSpec, observer: Observer) -> Handle:
        """Start an attempt."""

    def close(self) -> None:
        """Give up what is held to start attempts; none is started any more."""


class LocalExecutor:
    """Runs each attempt's kernel as a child of this process, watched from a thread."""

    name = "local"

    def budget(self, local: Budget) -> Budget:
        """Return this machine's."""
        return local

    def start(self, spec: AttemptSpec, observer: Observer) -> LocalHandle:
        """Start an attempt in a thread."""
        handle = LocalHandle(spec, observer)
        handle.thread.start()
        return handle

    def close(self) -> None:
        """Do nothing: nothing is held."""


class LocalHandle:
    """An attempt on this machine."""

    def __init__(self, spec: AttemptSpec, observer: Observer) -> None:
        self._spec = spec
        self._observer = observer
        self._stop = Stop()
        self._result: AttemptResult | None = None
        self.thread = threading.Thread(target=self._run, name=f"attempt-{spec.ticket.entry}", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the attempt still runs."""
        return self.thread.is_alive()

    def wait(self, timeout: float | None = None) -> AttemptResult | None:
        """Return the result, None when the attempt still runs after `timeout` seconds."""
        self.thread.join(timeout)
        return self._result

    def stop(self, reason: str) -> None:
        """Ask for the attempt to be ended."""
        self._stop.request(reason)

    def _run(self) -> None:
        try:
            self._result = perform(self._spec, self._observer, self._stop)
        except Exception as error:  # noqa: BLE001 - whatever breaks here is the attempt's end, not the run's
            reason = f"the attempt could not be run: {type(error).__name__}: {error}"
            self._result = AttemptResult(Outcome.FAILED, reason, 0.0, 0.0, 0)
