"""Brings workers from what serves to what is wanted: all load first, then all swap."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from workbench.serving.lines import say
from workbench.serving.metrics.names import RELOADS
from workbench.serving.order import Prepare, Split
from workbench.serving.supervisor.split import split_of
from workbench.serving.supervisor.wanted import bundle, changed, soon

if TYPE_CHECKING:
    from workbench.registry.model import ModelState
    from workbench.serving.supervisor.crew import Crew
    from workbench.serving.supervisor.gauges import Gauges
    from workbench.serving.supervisor.trials import Trials

States = dict[str, "ModelState"]


class Rollout:
    """What serves, and what is on its way.

    An order whose versions are all loaded takes effect with the next request of every worker; one that
    must load is overtaken by a newer one, so that a rollback never waits for what it takes back.

    Args:
        crew: the workers.
        trials: know which versions may serve.
        gauges: show what serves.
        keep: how many versions stay loaded for a rollback.
    """

    def __init__(self, crew: Crew, trials: Trials, gauges: Gauges, keep: int) -> None:
        self._crew = crew
        self._trials = trials
        self._gauges = gauges
        self._keep = keep
        self._aim: dict[str, Split] = {}
        self._recent: dict[str, list[int]] = {}
        self._order = Prepare(0, (), ())
        self._moving: asyncio.Task[None] | None = None
        self.serving: dict[str, Split] = {}

    def begin(self, splits: dict[str, Split], states: States) -> Prepare:
        """Return the order that workers start with."""
        self._aim = self.serving = splits
        self._order = self._next(states)
        self._gauges.serves(splits.values())
        return self._order

    def arrange(self, states: States) -> None:
        """Bring what serves to what the ledger wants, as far as its versions passed their trial."""
        aim = {}
        for name, state in states.items():
            for number in state.deployment.versions:
                self._trials.start(name, number)
            good = self._trials.good(name)
            split = split_of(name, state.deployment, good, self.serving.get(name))
            assert split is not None
            aim[name] = split
        order = self._next(states, aim)
        if aim == self._aim and order.versions == self._order.versions:
            return
        self._aim, self._order = aim, order
        self.stop()
        self._moving = asyncio.create_task(self._move(order))

    def stop(self) -> None:
        """Give up what is on its way."""
        if self._moving is not None:
            self._moving.cancel()

    async def _move(self, order: Prepare) -> None:
        begin = monotonic()
        failures = await self._crew.prepare(order)
        for failure in failures:
            self._trials.refuse(failure.model, failure.version, "load", failure.sentence)
        needed = {(split.model, number) for split in order.splits for number in split.versions}
        if any((failure.model, failure.version) in needed for failure in failures):
            self._aim = dict(self.serving)
            self._gauges.count(RELOADS, outcome="refused")
            return
        self._crew.commit(order)
        after = {split.model: split for split in order.splits}
        for name, split in after.items():
            before = self.serving.get(name)
            if words := changed(before, split):
                self._remember(name, before, split)
                self._gauges.count(RELOADS, outcome="done")
                say("service.changed", model=name, serves=words, seconds=round(monotonic() - begin, 3))
        self.serving = after
        self._gauges.serves(after.values())

    def _next(self, states: States, aim: dict[str, Split] | None = None) -> Prepare:
        splits = tuple((aim or self._aim).values())
        kept = {name: self._kept(name, state) for name, state in states.items()}
        return Prepare(self._order.number + 1, splits, bundle(splits, states, kept))

    def _kept(self, name: str, state: ModelState) -> Sequence[int]:
        """Return what else stays loaded, of what passed its trial; what had none has it now."""
        likely = soon(state, self._recent.get(name, []), self._keep)
        for number in likely:
            self._trials.start(name, number)
        return [number for number in likely if number in self._trials.good(name)]

    def _remember(self, name: str, before: Split | None, after: Split) -> None:
        if before is not None:
            all_ = (*before.versions, *self._recent.get(name, []))
            recent = [number for number in dict.fromkeys(all_) if number not in after.versions]
            self._recent[name] = recent[: self._keep]
