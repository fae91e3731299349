"""A worker's part of the prediction log: records are with the operating system before the answer is sent."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from workbench.errors import SpoolFailed
from workbench.serving.log.frame import framed
from workbench.serving.log.keeper import Keeper
from workbench.serving.log.segment import Name, Segment, create, new_spool

Durability = Literal["os", "fsync"]


class _Waiting(NamedTuple):
    ticket: int
    future: asyncio.Future[None]
    loop: asyncio.AbstractEventLoop


class Spool:
    """Appends records; one for each process, used by one thread of it.

    What was appended survives the death of the process at once, and a power cut within 100 ms. Whoever needs
    more awaits `durable` before the answer. After an error it goes on by itself as soon as the disk does:
    what could not be written whole leaves nothing behind.

    Args:
        folder: where all workers' segments lie.
        durability: "fsync" writes to the disk as soon as somebody waits for it.
        max_bytes: of a segment; then a new one is begun.
        max_age: seconds after its first record until a segment is closed, so that it can be compacted.
        delay: seconds that records may wait for the disk.
    """

    def __init__(
        self,
        folder: Path,
        durability: Durability = "os",
        *,
        max_bytes: int = 16 << 20,
        max_age: float = 5.0,
        delay: float = 0.04,
    ) -> None:
        self.folder = folder
        self.durability = durability
        self.max_bytes = max_bytes
        self.max_age = max_age
        self.appended = 0
        """Calls of `append` that succeeded."""
        self.failures = 0
        """Calls of `append` that did not, and failures of the disk to take what it had been given."""
        self.failure: str | None = None
        """What is wrong at the moment, None when all is well."""
        self._spool = new_spool()
        self._numbers = itertools.count(1)
        self._segment: Segment | None = None
        self._writing = False
        self._dirty = False
        self._waiting: deque[_Waiting] = deque()
        self._lost = range(0)
        self._keeper = Keeper(self, 0.0 if durability == "fsync" else delay)
        try:
            self._segment = self._create()
        except OSError as error:  # a worker must start on a full disk too: what to do then is the caller's
            self._note(error)
        self._keeper.start()

    def append(self, *records: bytes) -> None:
        """Write records, all in one call of the operating system; they are there whole or not at all.

        Raises:
            SpoolFailed: the disk is full, or refuses; nothing was written.
        """
        self._writing = True  # tells the keeper, which may change the segment meanwhile
        segment = self._segment
        try:
            if segment is None:
                segment = self._segment = self._create()
            seed = segment.seed
            if len(records) == 1:
                data = framed(records[0], seed)
            else:
                data = b"".join([framed(record, seed) for record in records])
            try:
                written = os.write(segment.fd, data)
                if written != len(data):
                    raise OSError(28, os.strerror(28))
            except OSError:
                _mend(segment)
                raise
            segment.size += written
            self.appended += 1
        except OSError as error:
            self.failures += 1
            raise self._note(error) from error
        finally:
            self._writing = False
        if not self._dirty:
            self._dirty = True
            self._keeper.wake()

    async def durable(self) -> None:
        """Wait until all that was appended so far is on the disk; those who wait together share one flush.

        Raises:
            SpoolFailed: the disk did not take it.
        """
        ticket = self.appended
        if ticket in self._lost:
            raise self._failed(self.failure or "its last flush failed")
        if not self._dirty and not self._waiting and self._keeper.synced >= ticket:
            return
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._waiting.append(_Waiting(ticket, future, loop))
        self._keeper.wake()
        await future

    def close(self) -> None:
        """Flush what there is and let others have the last segment."""
        self._keeper.stop()
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.close()

    def replace(self) -> Callable[[], None] | None:
        """Begin a new segment; called by the keeper.

        Returns:
            What flushes and closes the old one, to be called when `append` is no longer in it.

        Raises:
            OSError: the disk is full, or refuses; the old segment stays.
        """
        old = self._segment
        if old is None:
            return None
        self._segment = self._create()

        def finish() -> None:
            try:
                os.fdatasync(old.fd)
            finally:
                old.close()

        return finish

    @property
    def segment(self) -> Segment | None:
        """The one that is written; None before the first could be made."""
        return self._segment

    @property
    def writing(self) -> bool:
        """Whether `append` is under way."""
        return self._writing

    def begin_flush(self) -> int:
        """Say that a flush begins now; returns how many calls of `append` it covers."""
        self._dirty = False
        return self.appended

    def settle(self, ticket: int, error: OSError | None, synced: int) -> None:
        """Say how a flush went to those who wait for it.

        Args:
            ticket: how many calls of `append` it covered.
            error: why the disk did not take them, None when it did.
            synced: how many calls were on the disk before.
        """
        if error is None:
            self.failure = None
        else:
            self.failures += 1
            self._lost = range(synced + 1, ticket + 1)
            self._note(error)
        while self._waiting and self._waiting[0].ticket <= ticket:
            waiting = self._waiting.popleft()
            failed = None if error is None else self._failed(error.strerror or str(error))
            try:
                waiting.loop.call_soon_threadsafe(_resolve, waiting.future, failed)
            except RuntimeError:  # its loop is closed: nobody waits any more
                continue

    def _create(self) -> Segment:
        self.folder.mkdir(parents=True, exist_ok=True)
        return create(self.folder, Name(self._spool, next(self._numbers)))

    def _note(self, error: OSError) -> SpoolFailed:
        self.failure = error.strerror or str(error)
        return self._failed(self.failure)

    def _failed(self, reason: str) -> SpoolFailed:
        return SpoolFailed(
            f"The prediction log cannot be written to {self.folder}: {reason}.",
            hint="Free some space there, or mend the disk; the log then goes on by itself.",
            store=str(self.folder),
        )


def _mend(segment: Segment) -> None:
    """Cut off the beginning of a record that did not fit; a reader skips it if even that fails."""
    try:
        os.ftruncate(segment.fd, segment.size)
    except OSError:
        segment.size = os.fstat(segment.fd).st_size


def _resolve(future: asyncio.Future[None], error: SpoolFailed | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
