"""Puts the service together: the ledger's word, trials, workers, the log's compaction."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.clock import system_clock
from workbench.errors import UsageError, WorkbenchError
from workbench.registry.traffic import note_accepted, note_refused
from workbench.serving.example import example_body
from workbench.serving.late_ledger import LateLedger
from workbench.serving.lines import say
from workbench.serving.metrics.cells import Cells
from workbench.serving.metrics.names import VERSIONS_REFUSED
from workbench.serving.order import Split
from workbench.serving.supervisor.compaction import Compaction
from workbench.serving.supervisor.crew import Crew
from workbench.serving.supervisor.follow import Follower
from workbench.serving.supervisor.gauges import Gauges
from workbench.serving.supervisor.rollout import Rollout
from workbench.serving.supervisor.split import split_of
from workbench.serving.supervisor.trials import Failed, Trials
from workbench.serving.supervisor.wanted import check_servable, fallback

if TYPE_CHECKING:
    from workbench.project import Project
    from workbench.registry.model import ModelState

POLL = 0.1


@dataclass(frozen=True)
class Started:
    """What a service that answers tells of itself.

    Attributes:
        host, port: where it listens.
        workers: how many answer.
        splits: what serves.
        refused: why versions that were wanted do not serve.
        examples: by model, a request with a real row; None where its champion was saved without one.
    """

    host: str
    port: int
    workers: int
    splits: tuple[Split, ...]
    refused: tuple[str, ...]
    examples: Mapping[str, dict[str, Any] | None]


class Supervisor:
    """Serves models until it is told to stop.

    Args:
        project: whose models they are.
        models: their names.
        listening: the bound socket.
        workers: how many processes answer.
        counted: the folder that all processes count in.
        started: called once, when the service answers.
    """

    def __init__(
        self,
        project: Project,
        models: Sequence[str],
        *,
        listening: socket.socket,
        workers: int,
        counted: Path,
        started: Callable[[Started], None],
    ) -> None:
        serving = project.config.serving
        self._project = project
        self._listening = listening
        self._workers = workers
        self._started = started
        self._grace = serving.grace.total_seconds()
        self._ledger = LateLedger(project.layout.ledger_url, system_clock())
        self._follower = Follower(self._ledger, models)
        cells = Cells(counted, "supervisor")
        self._gauges = Gauges(cells)
        self._trials = Trials(project.root, serving.trial_timeout.total_seconds(), self._tried)
        self._crew = Crew(
            project.root,
            tuple(models),
            count=workers,
            listening=listening,
            counted=counted,
            changed=self._gauges.crew,
        )
        self._rollout = Rollout(self._crew, self._trials, self._gauges, serving.keep)
        self._compaction = Compaction(project, cells)
        self._states: dict[str, ModelState] = {}
        self._notes: set[asyncio.Task[None]] = set()
        self._told: set[tuple[str, int]] = set()  # refusals that the ledger knows of
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Serve.

        Raises:
            UsageError: nothing can be served: no champion, or none that passes its trial.
            WorkbenchError: the workers end before they serve.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        stopped = asyncio.create_task(self._stop.wait())
        work = asyncio.create_task(self._serve())
        try:
            await asyncio.wait({stopped, work}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await work
        finally:
            work.cancel()
            stopped.cancel()
            await self._end()

    async def _serve(self) -> None:
        states = await asyncio.to_thread(self._follower.look)
        assert states is not None
        check_servable(states)
        self._states = states
        order = self._rollout.begin(await self._first_splits(), states)
        self._crew.start(order)
        await self._crew.serving(order.number)
        refused = [text for name in states for text in self._refusals(name)]
        host, port = self._listening.getsockname()[:2]
        examples = {
            s.model: example_body(states[s.model].find(s.champion), self._project) for s in order.splits
        }
        self._started(Started(host, port, self._workers, order.splits, tuple(refused), examples))
        say("service.started", host=host, port=port, workers=self._workers, models=list(states))
        self._compaction.start()
        while True:
            await asyncio.sleep(POLL)
            await self._look()

    async def _first_splits(self) -> dict[str, Split]:
        """Try what shall serve first; where the champion may not, the version before it does."""
        for name, state in self._states.items():
            for number in state.deployment.versions:
                self._trials.start(name, number)
        await self._trials.settled()
        for name, state in self._states.items():
            before = fallback(state)
            if state.champion not in self._trials.good(name) and before is not None:
                self._trials.start(name, before.champion)
        await self._trials.settled()
        splits = {}
        for name, state in self._states.items():
            good = self._trials.good(name)
            split = split_of(name, state.deployment, good, fallback(state))
            if split is None or split.champion not in good:
                raise UsageError(
                    f"Nothing of {name!r} can serve. {' '.join(self._refusals(name))}",
                    hint=f"Promote a version that is whole: workbench models {name}",
                )
            splits[name] = split
        return splits

    async def _look(self) -> None:
        """See whether the ledger has news, and do what it asks."""
        try:
            states = await asyncio.to_thread(self._follower.look)
        except WorkbenchError as error:
            self._gauges.ledger_lost(error)
            return
        self._gauges.ledger_found()
        if states is not None:
            for name, state in states.items():
                for number in state.deployment.versions:  # what is asked for anew is tried anew
                    again = (name, number) in self._told and number not in state.refusals
                    if again:
                        self._told.discard((name, number))
                    self._trials.start(name, number, again=again)
            self._states = states
        self._rollout.arrange(self._states)

    def _tried(self, model: str, number: int, failed: Failed | None) -> None:
        """Tell the ledger what became of a trial, beside everything else."""
        state = self._states[model]
        if failed is not None:
            self._gauges.count(VERSIONS_REFUSED, model=model, step=failed.step)
        if number not in (state.deployment.versions if failed is not None else state.refusals):
            return
        task = asyncio.create_task(asyncio.to_thread(self._note, model, number, failed))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    def _note(self, model: str, number: int, failed: Failed | None) -> None:
        try:
            ledger = self._ledger.open()
            if failed is None:
                note_accepted(ledger, model, number)
            else:
                note_refused(ledger, model, number, step=failed.step, sentence=failed.sentence)
                self._told.add((model, number))
        except WorkbenchError as error:
            say("ledger.not_told", "warning", model=model, version=number, why=error.message)

    def _refusals(self, name: str) -> list[str]:
        versions = self._states[name].deployment.versions
        failed = ((number, self._trials.failed(name, number)) for number in versions)
        return [f"Version {n} failed the step {f.step!r}: {f.sentence}" for n, f in failed if f]

    async def _end(self) -> None:
        self._trials.stop()
        self._rollout.stop()
        self._compaction.stop()
        await self._crew.stop(self._grace + 2)
        await asyncio.gather(*self._notes)
        self._ledger.close()
        say("service.stopped")
