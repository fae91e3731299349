"""Ticks until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from workbench.clock import Clock
from workbench.errors import WorkbenchError
from workbench.ledger import open_leases
from workbench.root import FILE
from workbench.scheduling.claim import Claim
from workbench.scheduling.crew import Crew, Ended
from workbench.scheduling.declared import schedules
from workbench.scheduling.scheduler import Scheduler, Started
from workbench.scheduling.times import Times
from workbench.workspace import open_workspace

_CHILDREN = 0.5
"""Seconds between two looks at processes under way."""


class Daemon:
    """The scheduler as a service: what is due runs in processes of its own.

    It goes by workbench.toml as it is, and goes on with what it knew while that is wrong. When it is stopped
    or killed, what it has started goes on.

    Args:
        root: the project's folder.
        every: how often triggers are looked at; schedules are looked at when they are due.
        tell: told what was started and what ended, and in words what went wrong.
        clock: tells project time.
    """

    def __init__(
        self,
        root: Path,
        *,
        every: timedelta,
        tell: Callable[[Started | Ended | str], None],
        clock: Clock | None = None,
    ) -> None:
        self._root = root
        self._every = every.total_seconds()
        self._tell = tell
        self._clock = clock
        self._trouble = ""
        self._read = self._changed()
        self._workspace = open_workspace(root, clock=clock)
        self._scheduler = Scheduler(self._workspace, start=self._start)
        self._leases = open_leases(self._workspace.project.layout.ledger_url, self._workspace.clock)
        self._crew = Crew(self._leases)

    def run(self, stop: threading.Event) -> None:
        """Tick until the event is set."""
        try:
            while not stop.is_set():
                self._once()
                stop.wait(self._pause())
        finally:
            self._workspace.close()
            self._leases.close()

    def _once(self) -> None:
        try:
            if self._changed() != self._read:
                self._reopen()
            for started in self._scheduler.tick():
                self._tell(started)
            for ended in self._crew.settle():
                self._tell(ended)
            self._trouble = ""
        except WorkbenchError as error:
            if str(error) != self._trouble:  # said once, however long it lasts
                self._trouble = str(error)
                self._tell(self._trouble)

    def _reopen(self) -> None:
        self._read = self._changed()
        fresh = open_workspace(self._root, clock=self._clock)
        self._workspace.close()
        self._workspace, self._scheduler = fresh, Scheduler(fresh, start=self._start)

    def _start(self, claim: Claim) -> bool:
        return self._crew.start(self._workspace.project, claim)

    def _changed(self) -> int:
        try:
            return (self._root / FILE).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _pause(self) -> float:
        now = self._workspace.clock.now()
        declared = schedules(self._workspace.project).values()
        dues = [next(Times(each.cron, each.timezone).after(now)) for each in declared]
        waits = [(due - now).total_seconds() for due in dues]
        return max(0.05, min([self._every, *waits, *([_CHILDREN] if len(self._crew) else [])]))
