"""A worker: one process that answers requests with what its supervisor told it to serve.

Started as `python -m workbench.serving.worker SETTINGS`, with the socket to accept from and the channel to
its supervisor among its open descriptors. It ends when told to, and when its supervisor vanishes.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, cast

import msgspec

from workbench.clock import system_clock
from workbench.project import Project, load_project
from workbench.serving.app.app import App
from workbench.serving.app.gate import Gate
from workbench.serving.app.journal import Journal
from workbench.serving.app.predict import Predictor
from workbench.serving.app.rate import Rate
from workbench.serving.app.service import Limits, Service
from workbench.serving.app.shadow import Shadows
from workbench.serving.channel import Channel
from workbench.serving.late_ledger import LateLedger
from workbench.serving.lines import say
from workbench.serving.load import Held, load, mask_of, standing_of
from workbench.serving.log.place import LogPlace
from workbench.serving.log.request_id import RequestIds
from workbench.serving.log.spool import Spool
from workbench.serving.metrics.cells import Cells
from workbench.serving.metrics.names import STALLED
from workbench.serving.metrics.usage import Usage
from workbench.serving.order import (
    Alive,
    Commit,
    Committed,
    Failure,
    Loadable,
    Prepare,
    Prepared,
    Stop,
    ToWorker,
    WorkerSettings,
)
from workbench.serving.tokens import Tokens

if TYPE_CHECKING:
    from uvicorn import Server

    from workbench.ledger import Ledger

_BEAT = 1.0
_KEEP_ALIVE = 75
_DRAIN = 1.0
_AGE = 5.0  # seconds until what was logged may be compacted, at most
_SWITCH = 0.001  # seconds that a thread keeps the interpreter from the loop, at most


class Worker:
    """Loads what it is told, serves what it is told, and says so.

    Args:
        settings: as the supervisor gave them.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._project = load_project(Path(settings.root))
        self._loaded: dict[tuple[str, int], Held] = {}
        self._orders: dict[int, Prepare] = {}
        self._prepared = self._committed = self._asked = 0
        self._masks = {name: mask_of(name, self._project) for name in self._project.config.models}
        control = socket.socket(fileno=settings.control)
        self._channel: Channel[ToWorker] = Channel(control, ToWorker)
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._serving: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve until told to stop."""
        await self._channel.open()
        project, settings = self._project, self._settings
        serving = project.config.serving
        cells = Cells(Path(settings.counted), f"worker-{settings.slot}")
        spool = Spool(
            LogPlace(project.layout.state).spool,
            serving.durability,
            max_age=min(_AGE, serving.compact_every.total_seconds()),
        )
        journal = Journal(spool, serving.log_failure, cells)
        shadows = Shadows(journal, cells)
        self._app = App(self._service(journal, shadows, cells))
        self._server = _server(self._app, project)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._channel.close)
        beating = asyncio.create_task(self._beat(cells))
        shadowing = asyncio.create_task(shadows.run())
        try:
            await self._listen()
        finally:
            self._app.service.stopping = True
            self._server.should_exit = True
            if self._serving is not None:
                await self._serving
            shadowing.cancel()
            await shadows.drain(_DRAIN)
            beating.cancel()
            spool.close()

    def _service(self, journal: Journal, shadows: Shadows, cells: Cells) -> Service:
        project, settings = self._project, self._settings
        serving, clock = project.config.serving, system_clock()
        seconds = serving.timeout.total_seconds()
        rate = Rate(serving.rate / settings.workers) if serving.rate else None
        ledger = LateLedger(project.layout.ledger_url, clock)
        tokens = Tokens(cast("Ledger", ledger), clock)
        return Service(
            limits=Limits(serving.max_body, seconds),
            gate=Gate(tokens, required=serving.token == "required"),  # noqa: S105 - a policy
            predictor=Predictor(journal, cells, shadows, rate=rate, ids=RequestIds(clock), timeout=seconds),
            journal=journal,
            cells=cells,
            counted=Path(settings.counted),
            clock=clock,
        )

    async def _listen(self) -> None:
        async for message in self._channel:
            match message:
                case Prepare():
                    task = asyncio.create_task(self._prepare(message))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                case Commit(number):
                    self._asked = max(self._asked, number)
                    self._commit()
                case Stop():
                    return
            if self._serving is not None and self._serving.done():
                return

    async def _prepare(self, order: Prepare) -> None:
        failures: list[Failure] = []
        missing = [told for told in order.versions if (told.model, told.number) not in self._loaded]
        if missing:
            async with self._one_at_a_time:
                failures = [f for told in missing if (f := await self._load(told)) is not None]
        self._orders[order.number] = order
        self._prepared = max(self._prepared, order.number)
        self._channel.send(Prepared(order.number, tuple(failures)))
        self._commit()

    async def _load(self, told: Loadable) -> Failure | None:
        if (told.model, told.number) in self._loaded:
            return None
        begin = perf_counter()
        try:
            held = await asyncio.to_thread(load, told, self._project)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a model, this worker goes on
            sentence = getattr(error, "message", None) or f"{type(error).__name__}: {error}"
            return Failure(told.model, told.number, sentence)
        self._loaded[told.model, told.number] = held
        seconds = round(perf_counter() - begin, 3)
        say("version.loaded", model=told.model, version=told.number, worker=self._settings.slot,
            seconds=seconds)  # fmt: skip
        return None

    def _commit(self) -> None:
        """Let the order serve that was asked for, once it is prepared."""
        order = self._orders.get(self._asked)
        if order is None or self._committed >= self._asked:
            return
        self._committed = order.number
        self._app.put(standing_of(order, self._loaded, self._project, self._masks))
        named = {(told.model, told.number) for told in order.versions}
        for key in set(self._loaded) - named:
            del self._loaded[key]
        self._orders = {number: each for number, each in self._orders.items() if number > order.number}
        if self._serving is None:
            self._settle()
            self._serving = asyncio.create_task(self._serve())
        else:
            self._channel.send(Committed(order.number))

    def _settle(self) -> None:
        """Let the collector forget what stays for good: a full collection would stop a request for long."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 100)

    async def _serve(self) -> None:
        listening = socket.socket(fileno=self._settings.listening)
        serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.001)
        self._channel.send(Committed(self._committed))
        await serving
        self._channel.close()

    async def _beat(self, cells: Cells) -> None:
        longest, until = 0.0, monotonic() + 60
        usage = Usage(cells)
        while True:
            begin = monotonic()
            await asyncio.sleep(_BEAT)
            self._channel.send(Alive())
            now = monotonic()
            if now > until:
                longest, until = 0.0, now + 60
            longest = max(longest, now - begin - _BEAT)
            cells.put(STALLED.name, {}, longest)
            usage.show()


class _Lines(logging.Handler):
    """Turns what uvicorn logs into lines of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        error = f"{record.exc_info[1]!r}" if record.exc_info else None
        say("server.said", "error", message=record.getMessage(), error=error)


def _server(app: App, project: Project) -> Server:
    import uvicorn

    from workbench.serving.gather import GatheringProtocol

    serving = project.config.serving
    tls: dict[str, Any] = {}
    if serving.tls_certificate and serving.tls_key:
        tls = {
            "ssl_certfile": str(project.root / serving.tls_certificate),
            "ssl_keyfile": str(project.root / serving.tls_key),
        }
    config = uvicorn.Config(
        app,
        http=GatheringProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=2048,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=max(1, int(serving.grace.total_seconds())),
        **tls,
    )

    class Server(uvicorn.Server):
        """One that leaves signals to the worker."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Server(config)


def main(words: str) -> None:
    """Run a worker to its end."""
    import uvloop

    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(_Lines())
    logger.setLevel(logging.ERROR)
    logger.propagate = False
    sys.setswitchinterval(_SWITCH)
    settings = msgspec.json.decode(words, type=WorkerSettings)
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings))


async def _work(settings: WorkerSettings) -> None:
    await Worker(settings).run()


if __name__ == "__main__":
    main(sys.argv[1])
