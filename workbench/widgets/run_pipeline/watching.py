"""Follows a launched run: the ledger for what happened, the attempts' folders for the cell at work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.insight.experiments import launch, progress, run_at_work, stop
from workbench.widgets.beside import beside

if TYPE_CHECKING:
    from workbench.insight.experiments import Launched, LaunchRequest, RunAtWork
    from workbench.pipeline.expectation import Expectation
    from workbench.widgets.session import Session

_EVERY = 0.3  # seconds between two looks
_RUNNING = "running"
STARTING, REFUSED = "starting", "did not start"


class Watching:
    """One run, from its launch to its end.

    Args:
        session: who launches, and where.
        request: what is launched.
        expected: what its stages will probably take.
        changed: called, from a thread, after each look.

    Attributes:
        run: its id; empty until it has begun.
        state: `starting`, `running`, an outcome, or `did not start`.
        at_work: how far it has come; None until it has begun.
        said: what its process said last.

    Raises:
        WorkbenchError: it cannot be launched.
    """

    def __init__(
        self,
        session: Session,
        request: LaunchRequest,
        expected: Mapping[str, Expectation],
        changed: Callable[[], None],
    ) -> None:
        self._session, self._expected, self._changed = session, expected, changed
        self.run, self.state, self.said = "", STARTING, ""
        self.at_work: RunAtWork | None = None
        self._launched: Launched = launch(session.store, session.person, request)
        self._is_done = threading.Event()
        self._is_left = threading.Event()
        beside(self._follow, "widgets run", give_up=self._is_left.set)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._is_done.is_set()

    def stop(self) -> None:
        """End it."""
        stop(self._session.store, self._session.person, self._launched)

    def wait(self, seconds: float | None) -> bool:
        """Wait for its end; return whether it has come."""
        return self._is_done.wait(seconds)

    def _follow(self) -> None:
        while not self._is_done.is_set() and not self._is_left.is_set():
            try:
                self._look()
            except WorkbenchError as error:  # a ledger that is locked for a moment
                self.said = str(error)
            if self.state not in (STARTING, _RUNNING):
                self._is_done.set()
            self._changed()
            self._is_left.wait(0 if self._is_done.is_set() else _EVERY)

    def _look(self) -> None:
        store, person = self._session.store, self._session.person
        store.refresh()
        found = progress(store, person, self._launched)
        self.said = found.said
        if found.run is not None:
            self.run = found.run.id
            self.at_work = run_at_work(store, person, self.run, self._expected)
            over = self.at_work.state != _RUNNING and found.run.outcome is not None
            self.state = self.at_work.state if over else _RUNNING
        elif found.code is not None:
            store.catch_up(wait=5.0)
            again = progress(store, person, self._launched)
            self.state = STARTING if again.run is not None else REFUSED
