"""The worker processes: started, told what serves, replaced when they end or freeze."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import msgspec

from workbench.errors import WorkbenchError
from workbench.serving.channel import Channel
from workbench.serving.lines import say
from workbench.serving.order import (
    Alive,
    Commit,
    Committed,
    Failure,
    FromWorker,
    Prepare,
    Prepared,
    Stop,
    WorkerSettings,
)

FROZEN = 20.0
_SHORT = 5.0
_MOST_PAUSE = 5.0


@dataclass
class Worker:
    """A worker process.

    Attributes:
        serves: the order that it serves; 0 before the first.
        prepared: the order that it has loaded.
    """

    slot: int
    process: subprocess.Popen[bytes]
    channel: Channel[FromWorker]
    born: float = field(default_factory=monotonic)
    heard: float = field(default_factory=monotonic)
    prepared: int = 0
    serves: int = 0
    failures: tuple[Failure, ...] = ()


class Crew:
    """All workers of a service.

    Args:
        root: the project's folder.
        models: what they serve, for the process list.
        count: how many there shall be.
        listening: the socket that they accept from.
        counted: the folder that they count in.
        changed: called when workers come and go, with how many serve and how many ended by themselves.
    """

    def __init__(
        self,
        root: Path,
        models: tuple[str, ...],
        *,
        count: int,
        listening: socket.socket,
        counted: Path,
        changed: Callable[[int, int], None],
    ) -> None:
        self._root = root
        self._models = models
        self._count = count
        self._listening = listening
        self._counted = counted
        self._changed = changed
        self._workers: dict[int, Worker] = {}
        self._order: Prepare | None = None
        self._news = asyncio.Condition()
        self._keepers: list[asyncio.Task[None]] = []
        self._stopping = False
        self.ended = 0

    @property
    def pids(self) -> list[int]:
        """The ids of the processes that serve."""
        return [worker.process.pid for worker in self._workers.values() if worker.serves]

    def start(self, order: Prepare) -> None:
        """Start all workers with what shall serve first."""
        self._order = order
        self._keepers = [asyncio.create_task(self._keep(slot)) for slot in range(self._count)]

    async def serving(self, number: int) -> None:
        """Wait until every worker that lives serves an order, and at least one does.

        Raises:
            WorkbenchError: workers end before they serve anything.
        """
        async with self._news:
            await self._news.wait_for(lambda: self._all(number) or self.ended >= 3 * self._count)
            if not self._all(number):
                raise WorkbenchError(
                    "The workers end before they serve.", hint="Each of them said why on standard error."
                )

    async def prepare(self, order: Prepare) -> tuple[Failure, ...]:
        """Let every worker load what an order needs; return what some could not load.

        One that has just been started does not hold up the others: it serves once it is ready.
        """
        for worker in self._workers.values():
            worker.channel.send(order)

        def ready() -> bool:
            return all(w.prepared >= order.number for w in self._workers.values() if w.serves)

        async with self._news:
            await self._news.wait_for(ready)
        return tuple({f for worker in self._workers.values() for f in worker.failures})

    def commit(self, order: Prepare) -> None:
        """Let every worker serve an order; one that was started meanwhile loads it first."""
        self._order = order
        for worker in self._workers.values():
            if worker.prepared < order.number:
                worker.channel.send(order)
            worker.channel.send(Commit(order.number))

    async def stop(self, grace: float) -> None:
        """Let every worker answer what is under way and end; after the grace they are killed."""
        self._stopping = True
        for worker in self._workers.values():
            worker.channel.send(Stop())
        _, late = await asyncio.wait(self._keepers, timeout=grace) if self._keepers else (set(), set())
        for worker in list(self._workers.values()):
            if worker.process.poll() is None:
                say("worker.killed", "warning", worker=worker.slot, why="it did not end within the grace")
                worker.process.kill()
        if late:
            await asyncio.wait(late)

    def _all(self, number: int) -> bool:
        serving = [worker.serves >= number for worker in self._workers.values()]
        return len(serving) == self._count and all(serving)

    async def _keep(self, slot: int) -> None:
        """Keep one worker alive."""
        pause = 0.0
        while not self._stopping:
            worker = await self._start(slot)
            self._workers[slot] = worker
            if self._order is not None:
                worker.channel.send(self._order)
            code = await self._attend(worker)
            del self._workers[slot]
            if not self._stopping:
                self.ended += 1
                lived = monotonic() - worker.born
                pause = 0.0 if lived > _SHORT else min(max(2 * pause, 0.1), _MOST_PAUSE)
                say("worker.ended", "error", worker=slot, worker_pid=worker.process.pid, why=_why(code),
                    lived=round(lived, 1), again_in=pause)  # fmt: skip
            await self._tell()
            if not self._stopping:
                await asyncio.sleep(pause)

    async def _start(self, slot: int) -> Worker:
        ours, theirs = socket.socketpair()
        settings = WorkerSettings(
            str(self._root), slot, self._count, self._listening.fileno(), theirs.fileno(), str(self._counted),
            self._models,
        )  # fmt: skip
        words = json.dumps(msgspec.to_builtins(settings))
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "workbench.serving.worker", words],
                pass_fds=(self._listening.fileno(), theirs.fileno()),
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C is the supervisor's to pass on
            )
        channel: Channel[FromWorker] = Channel(ours, FromWorker)
        await channel.open()
        return Worker(slot, process, channel)

    async def _attend(self, worker: Worker) -> int:
        """Listen to a worker until it ends; return its exit code."""
        listening = asyncio.create_task(self._listen(worker))
        while worker.process.poll() is None:
            done, _ = await asyncio.wait({listening}, timeout=1.0)
            if done:
                break
            if monotonic() - worker.heard > FROZEN:
                say("worker.frozen", "error", worker=worker.slot, worker_pid=worker.process.pid)
                worker.process.kill()
        listening.cancel()
        worker.channel.close()
        return await asyncio.to_thread(worker.process.wait)

    async def _listen(self, worker: Worker) -> None:
        async for message in worker.channel:
            worker.heard = monotonic()
            match message:
                case Alive():
                    continue
                case Prepared(number, failures):
                    worker.prepared, worker.failures = number, failures
                    if not worker.serves and self._order is not None and number == self._order.number:
                        worker.channel.send(Commit(number))
                case Committed(number):
                    worker.serves = number
            await self._tell()

    async def _tell(self) -> None:
        self._changed(len(self.pids), self.ended)
        async with self._news:
            self._news.notify_all()


def _why(code: int) -> str:
    if code >= 0:
        return f"it exited with {code}"
    with contextlib.suppress(ValueError):
        return f"it was ended by {signal.Signals(-code).name}"
    return f"it was ended by signal {-code}"
