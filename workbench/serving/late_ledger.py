"""A ledger that is opened when it is asked, and opened anew when its file was replaced."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from workbench.errors import StorageError
from workbench.ledger.open import open_ledger

if TYPE_CHECKING:
    from workbench.clock import Clock
    from workbench.ledger import Event, Ledger

PATIENCE = 2.0
_FILE = "sqlite:///"


class LateLedger:
    """Finds a ledger again that was away; one that is gone is waited for, and not made anew. Safe in threads.

    Args:
        url: the ledger's.
        clock: tells project time.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._path = Path(unquote(url.removeprefix(_FILE))) if url.startswith(_FILE) else None
        self._lock = threading.Lock()
        self._ledger: Ledger | None = None
        self._file: tuple[int, int] | None = None

    @property
    def store(self) -> str:
        """What it is called in messages."""
        return str(self._path or "the ledger's database")

    def open(self) -> Ledger:
        """Return the ledger.

        Raises:
            StorageError: it is gone, or cannot be opened.
        """
        with self._lock:
            file = self._identity()
            if self._ledger is None or file != self._file:
                self.close()
                self._ledger = open_ledger(self._url, self._clock, timeout=PATIENCE)
                self._file = self._identity()
            return self._ledger

    def read(self, stream: str, after: int = 0) -> list[Event]:
        """Return a stream's events; see `Ledger.read`."""
        return self.open().read(stream, after)

    def close(self) -> None:
        """Let go of it."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def _identity(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            stat = self._path.stat()
        except OSError as error:
            raise StorageError(
                f"The ledger {self._path} cannot be found: {error.strerror}.",
                hint="Put it back; what serves goes on serving meanwhile.",
                store=self.store,
            ) from error
        return stat.st_dev, stat.st_ino
