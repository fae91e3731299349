"""Shadows score what was answered once more, after the answer was sent."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from workbench.serving.app.standing import Arm
from workbench.serving.batch import Batch
from workbench.serving.lines import say
from workbench.serving.metrics.cells import Cells
from workbench.serving.metrics.names import ERRORS, ROWS, SHADOW_DROPPED
from workbench.serving.refused import Refused

if TYPE_CHECKING:
    from workbench.serving.app.journal import Journal

MOST_WAITING = 2000
_AT_ONCE = 0.0005
_SLOW = 0.004


@dataclass(slots=True, frozen=True)
class Asked:
    """An answered request.

    Attributes:
        arms: the shadows that shall score it.
        at: its project time, microseconds since 1970.
        places: which rows of the request the batch holds; all of them when None.
    """

    arms: Sequence[Arm]
    batch: Batch
    request: str
    at: int
    caller: str
    places: Sequence[int] | None = None


class Shadows:
    """A queue of answered requests, and the task that lets shadows score them.

    It takes half a millisecond at a time and lets waiting requests go first; what does not fit in the
    queue is dropped and counted, for a caller's answer never waits.

    Args:
        journal: keeps what they say.
        cells: where it is counted.
        most: requests that may wait.
    """

    def __init__(self, journal: Journal, cells: Cells, most: int = MOST_WAITING) -> None:
        self._journal = journal
        self._cells = cells
        self._most = most
        self._queue: deque[Asked] = deque()
        self._some = asyncio.Event()
        self._failed: set[tuple[str, int]] = set()

    def put(self, asked: Asked) -> None:
        """Let shadows score an answered request when there is time."""
        if len(self._queue) >= self._most:
            for arm in asked.arms:
                self._cells.add(SHADOW_DROPPED.name, {"model": arm.model, "version": str(arm.version)})
            return
        self._queue.append(asked)
        self._some.set()

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._queue)

    async def run(self) -> None:
        """Score what waits, for ever."""
        while True:
            await self._some.wait()
            await asyncio.sleep(0)  # the answer that brought it goes first
            until = perf_counter() + _AT_ONCE
            while self._queue and perf_counter() < until:
                await self._next()
            if not self._queue:
                self._some.clear()

    async def drain(self, timeout: float) -> None:
        """Score what still waits, for so many seconds at most."""
        until = perf_counter() + timeout
        while self._queue and perf_counter() < until:
            await self._next()

    async def _next(self) -> None:
        asked = self._queue.popleft()
        for arm in asked.arms:
            try:
                await self._score(arm, asked)
            except Refused:
                self._fails("shadow_refused", arm, asked)
            except Exception as error:  # noqa: BLE001 - a shadow never harms what answers
                self._fails("shadow_failed", arm, asked)
                if (arm.model, arm.version) not in self._failed:
                    self._failed.add((arm.model, arm.version))
                    say("shadow.failed", "error", model=arm.model, version=arm.version, error=str(error))

    def _fails(self, reason: str, arm: Arm, asked: Asked) -> None:
        said = {"model": arm.model, "version": str(arm.version), "caller": asked.caller}
        self._cells.add(ERRORS.name, {"reason": reason, **said})

    async def _score(self, arm: Arm, asked: Asked) -> None:
        batch = asked.batch
        begin = perf_counter()
        if arm.row_seconds * len(batch.rows) < _SLOW:
            scored = arm.served.score(batch)
        else:
            scored = await asyncio.to_thread(arm.served.score, batch)
        self._journal.write(
            arm,
            scored,
            asked.request,
            asked.at,
            caller=asked.caller,
            latency=int((perf_counter() - begin) * 1e6),
            entities=batch.entities,
            places=asked.places,
        )
        labels = {"model": arm.model, "version": str(arm.version), "arm": arm.name, "caller": asked.caller}
        self._cells.add(ROWS.name, labels, len(batch.rows))
