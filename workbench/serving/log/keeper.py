"""The thread beside a spool: it flushes what was written, and closes segments that are old or long enough.

It takes no lock: there is one thread that appends, and one keeper, and only the keeper replaces a segment
that is being written. It swaps the new one in, waits until no append is in the old one, then closes it.
"""

from __future__ import annotations

import os
import threading
from time import monotonic, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.serving.log.spool import Spool

_PAUSE = 0.0005
_RETRY = 1.0


class Keeper:
    """Looks after a spool.

    Args:
        spool: the one that it belongs to.
        delay: seconds to gather records for before they are flushed.
    """

    def __init__(self, spool: Spool, delay: float) -> None:
        self.synced = 0
        """Calls of `append` that are on the disk."""
        self._spool = spool
        self._delay = delay
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="prediction-log", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to flush."""
        self._woken.set()

    def stop(self) -> None:
        """Flush once more and end."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(self._patience())
            if self._delay and self._woken.is_set():
                self._stopping.wait(self._delay)
            self._woken.clear()
            self._flush()
            self._rotate()
        self._flush()

    def _patience(self) -> float | None:
        """Return for how many seconds there is nothing to do, None: for as long as nobody calls."""
        segment = self._spool.segment
        if segment is None or segment.since is None:
            return None
        return max(_PAUSE, segment.since + self._spool.max_age - monotonic())

    def _flush(self) -> None:
        spool = self._spool
        ticket = spool.begin_flush()
        segment = spool.segment
        if segment is None:
            return
        if segment.since is None and not segment.empty:
            segment.since = monotonic()
        if ticket == self.synced:
            spool.settle(ticket, None, ticket)
            return
        error = None
        try:
            os.fdatasync(segment.fd)
        except OSError as failed:
            error = failed
        if error is not None:  # the kernel forgets what it could not write: nothing more goes into that file
            self._replace()
        if ticket > self.synced:
            spool.settle(ticket, error, self.synced)
            self.synced = ticket

    def _rotate(self) -> None:
        segment = self._spool.segment
        if segment is None or segment.empty:
            return
        full = segment.size >= self._spool.max_bytes
        old = segment.since is not None and monotonic() - segment.since >= self._spool.max_age
        if full or old:
            self._replace()

    def _replace(self) -> None:
        spool = self._spool
        try:
            finish = spool.replace()
        except OSError:  # a full disk: the old one is written on, and this is tried again later
            segment = spool.segment
            if segment is not None:
                segment.since = monotonic() - spool.max_age + _RETRY
            return
        before = spool.appended
        while spool.writing and spool.appended == before:
            sleep(_PAUSE)
        if finish is None:
            return
        try:
            finish()
        except OSError as error:
            ticket = spool.appended
            spool.settle(ticket, error, self.synced)
            self.synced = ticket
