"""Tries versions aside, each in a process of its own, and remembers what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from workbench.serving.lines import say
from workbench.serving.model.nursery import Trials as Nursery
from workbench.serving.model.steps import READ

_AGAIN = 60.0
_SOON = 2.0


@dataclass(frozen=True)
class Failed:
    """A trial that failed: at which step, why, and when."""

    step: str
    sentence: str
    at: float


class Trials:
    """What became of the versions that were tried.

    Args:
        root: the project's folder.
        timeout: seconds for a trial.
        ended: called when a trial ends, with model, number, and how it failed or None.
    """

    def __init__(self, root: Path, timeout: float, ended: Callable[[str, int, Failed | None], None]) -> None:
        self._nursery = Nursery(root, timeout=timeout)
        self._ended = ended
        self._good: dict[str, set[int]] = {}
        self._bad: dict[tuple[str, int], Failed] = {}
        self._running: dict[tuple[str, int], asyncio.Task[None]] = {}

    def good(self, model: str) -> set[int]:
        """Return the versions that may serve."""
        return self._good.setdefault(model, set())

    def failed(self, model: str, number: int) -> Failed | None:
        """Return how a version's last trial failed, None when it did not."""
        return self._bad.get((model, number))

    def start(self, model: str, number: int, *, again: bool = False) -> None:
        """Try a version unless that was done; one that failed only when asked, or after a minute."""
        key = (model, number)
        if number in self.good(model) or key in self._running:
            return
        failed = self._bad.get(key)
        if failed is None or again or monotonic() - failed.at > _AGAIN:
            self._running[key] = asyncio.create_task(self._try(model, number))

    def refuse(self, model: str, number: int, step: str, sentence: str) -> None:
        """Note that a version may not serve after all."""
        self.good(model).discard(number)
        failed = Failed(step, sentence, monotonic())
        self._bad[model, number] = failed
        self._ended(model, number, failed)

    async def settled(self) -> None:
        """Wait until no trial runs."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    def stop(self) -> None:
        """Give up on those that run."""
        for task in self._running.values():
            task.cancel()
        self._nursery.close()

    async def _try(self, model: str, number: int) -> None:
        begin = monotonic()
        try:
            trial = await asyncio.to_thread(self._nursery.try_version, model, number)
        finally:
            self._running.pop((model, number), None)
        seconds = round(monotonic() - begin, 2)
        if trial.ok:
            self._bad.pop((model, number), None)
            self.good(model).add(number)
            say("version.tried", model=model, version=number, seconds=seconds)
            self._ended(model, number, None)
            return
        if (
            trial.step == READ
        ):  # the project or the ledger could not be read: that says nothing of the version
            self._bad[model, number] = Failed(trial.step, trial.sentence, monotonic() - _AGAIN + _SOON)
            say("version.not_tried", "warning", model=model, version=number, why=trial.sentence)
            return
        say("version.refused", "error", model=model, version=number, step=trial.step,
            why=trial.sentence, seconds=seconds)  # fmt: skip
        self.refuse(model, number, trial.step, trial.sentence)
