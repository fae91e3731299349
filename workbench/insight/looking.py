"""Looks at something that may take its time: one at a time, in a thread of its own, for all who ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Looks:
    """Lets something be looked at, and says when it was.

    Args:
        look: does it; raises nothing.
        every: least seconds between two looks that nobody needs to be new.
        patience: seconds that somebody waits for a look to end.
    """

    def __init__(self, look: Callable[[], None], *, every: float, patience: float) -> None:
        self._look = look
        self._every, self._patience = every, patience
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._begun = self._ended = 0
        self._is_over = threading.Event()
        self._is_over.set()

    def recent(self, wait: float | None = None) -> None:
        """Look, when the last look is long enough ago, and wait for the one that is under way."""
        with self._lock:
            if time.monotonic() - self._asked >= self._every and self._is_over.is_set():
                self._begin()
        self._is_over.wait(self._patience if wait is None else wait)

    def new(self, wait: float | None = None) -> None:
        """Let a look begin after this call, and wait for it."""
        ends = time.monotonic() + (self._patience if wait is None else wait)
        with self._lock:
            wanted = self._begun + 1
        while True:
            with self._lock:
                if self._ended >= wanted:
                    return
                if self._begun < wanted and self._is_over.is_set():
                    self._begin()
            if not self._is_over.wait(max(0.0, ends - time.monotonic())):
                return

    def finish(self, wait: float) -> None:
        """Wait for a look that is under way."""
        self._is_over.wait(wait)

    def _begin(self) -> None:
        self._asked = time.monotonic()
        self._begun += 1
        self._is_over.clear()
        threading.Thread(target=self._run, name="insight ledger", daemon=True).start()

    def _run(self) -> None:
        try:
            self._look()
        finally:
            with self._lock:
                self._ended += 1
            self._is_over.set()
