"""A ledger that is read for days: opened when it is there, noticed when it is gone or another one."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from urllib.parse import unquote

from workbench.clock import Clock
from workbench.errors import StorageError, WorkbenchError
from workbench.ledger import Leases, Ledger, open_leases, open_ledger

TIMEOUT = 2.0
"""Seconds to wait for a writer; a page would rather show what it had."""

_SQLITE = "sqlite:///"


class Following:
    """Keeps a ledger open, and opens it again when its file was replaced. May be used from any thread.

    Args:
        url: the ledger's.
        clock: tells project time.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._ledger: Ledger | None = None
        self._leases: Leases | None = None
        self._place: tuple[int, int] | None = None
        self._checked = False

    def ledger(self) -> Ledger:
        """Return the ledger.

        Raises:
            StorageError: it cannot be reached, or its file is gone.
        """
        with self._lock:
            return self._open()[0]

    def leases(self) -> Leases:
        """Return the leases beside it; see `ledger`."""
        with self._lock:
            return self._open()[1]

    def holds(self, position: int, digest: str) -> bool:
        """Whether the ledger has the event that was read last; looked at once after it was opened.

        Raises:
            StorageError: it cannot be read.
        """
        ledger = self.ledger()
        if self._checked or not position:
            self._checked = True
            return True
        found = ledger.find(after=position - 1, before=position + 1)
        self._checked = True
        return bool(found) and found[0].hash == digest

    def close(self) -> None:
        """Let go of it."""
        with self._lock:
            self._forget()

    def _open(self) -> tuple[Ledger, Leases]:
        place = self._look()
        if self._place is not None and place is None:
            self._forget()
            raise StorageError(
                f"The ledger {self._url.removeprefix(_SQLITE)} is gone.",
                hint="Put it back; this page goes on by itself.",
                store=self._url,
            )
        if self._ledger is None or self._leases is None or place != self._place:
            self._forget()
            self._ledger = open_ledger(self._url, self._clock, timeout=TIMEOUT)
            self._leases = open_leases(self._url, self._clock, timeout=TIMEOUT)
            self._place, self._checked = self._look(), False
        return self._ledger, self._leases

    def _look(self) -> tuple[int, int] | None:
        """Return what tells a database's file from another one; None when there is none."""
        if not self._url.startswith(_SQLITE):
            return 0, 0
        with contextlib.suppress(OSError):
            found = Path(unquote(self._url.removeprefix(_SQLITE))).stat()
            return found.st_dev, found.st_ino
        return None

    def _forget(self) -> None:
        for opened in (self._ledger, self._leases):
            if opened is not None:
                with contextlib.suppress(WorkbenchError):
                    opened.close()
        self._ledger = self._leases = None
