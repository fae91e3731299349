"""Beats a run's lease from a thread of its own, so that a busy runner still counts as alive."""

from __future__ import annotations

import threading
from typing import Protocol

from workbench.errors import StorageError, WorkbenchError


class Beating(Protocol):
    """A lease that must be beaten."""

    def beat(self) -> None:
        """Say that the holder lives."""


class Heart:
    """Keeps a lease alive until it is left; `check` says when that was not possible.

    Args:
        lease: the lease to beat.
        interval: seconds between two beats.
    """

    def __init__(self, lease: Beating, interval: float) -> None:
        self._lease = lease
        self._interval = interval
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)
        self.failure: WorkbenchError | None = None

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join()

    def check(self) -> None:
        """Raise StorageError when the lease could not be kept: another runner may have taken over."""
        if self.failure:
            raise StorageError(
                f"This run's lease could not be kept: {self.failure.message}",
                hint="What ran is ended. Go on with: workbench resume last",
                store="leases",
            )

    def _beat(self) -> None:
        while not self._left.wait(self._interval):
            try:
                self._lease.beat()
                self.failure = None
            except WorkbenchError as error:
                self.failure = error
