"""What takes a while is made in a thread of its own, so that no page waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from workbench.errors import WorkbenchError

T = TypeVar("T")
_log = logging.getLogger("workbench.insight")


class Behind(Generic[T]):
    """Makes something again and again, as long as somebody asks for it.

    Args:
        make: what takes a while; may raise, which is told until it works again.
        every: seconds after which what was made is old.

    Attributes:
        found: what was made last, None before the first.
        trouble: why the newest try failed; empty when it did not.
    """

    def __init__(self, make: Callable[[], T], *, every: float) -> None:
        self._make = make
        self._every = every
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._running = False
        self._began = float("-inf")
        self.found: T | None = None
        self.trouble = ""

    def ask(self, *, wait: float = 0.0) -> T | None:
        """Return what was made last, and let it be made anew when it is old.

        Args:
            wait: seconds to wait for the first one.
        """
        now = time.monotonic()
        with self._lock:
            if not self._running and now - self._began >= self._every:
                self._running, self._began = True, now
                threading.Thread(target=self._work, name="insight behind", daemon=True).start()
        if not self.known and wait:
            self._done.wait(wait)
        return self.found

    @property
    def known(self) -> bool:
        """Whether it was made, or has failed, at least once."""
        return self._done.is_set()

    def _work(self) -> None:
        try:
            self.found = self._make()
            self.trouble = ""
        except WorkbenchError as error:
            self.trouble = f"{error.message} {error.hint}".strip()
        except Exception as error:  # noqa: BLE001 - whatever it is, pages must say so and go on trying
            _log.exception("something behind a page broke")
            self.trouble = f"{type(error).__name__}; the server's log says where."
        finally:
            with self._lock:
                self._running = False
            self._done.set()
