"""A tracker that lets a run go on when its store cannot be written, and says so once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from workbench.errors import TrackingError
from workbench.tracking.store import QUIET
from workbench.tracking.tracker import NONE, AttemptInfo, AttemptReport, RunInfo, TrackedAttempt, Tracker

T = TypeVar("T")


class ForgivingTracker:
    """Passes everything on; what the store refuses is told and kept in `problems`, and raises nothing.

    A run or attempt that could not be shown has an empty tracking id, and the rest of it is not tried.

    Args:
        tracker: the one that does the work.
        warn: told the first problem; the others follow from it, most of the time.
        variables: what a kernel is given when its attempt could not be shown.
    """

    def __init__(
        self, tracker: Tracker, warn: Callable[[str], None], variables: Mapping[str, str] = QUIET
    ) -> None:
        self.problems: list[TrackingError] = []
        self._tracker = tracker
        self._warn = warn
        self._variables = dict(variables)
        self._lock = threading.Lock()

    def start_run(self, run: RunInfo) -> str:
        """Show that a run goes on; return an empty id when that failed."""
        return self._forgiven(lambda: self._tracker.start_run(run), "")

    def start_attempt(self, attempt: AttemptInfo) -> TrackedAttempt:
        """Show that an attempt begins; return one with an empty id when that failed."""
        unseen = TrackedAttempt("", attempt.at, self._variables)
        if not attempt.parent:
            return unseen
        return self._forgiven(lambda: self._tracker.start_attempt(attempt), unseen)

    def end_attempt(self, tracked: TrackedAttempt, report: AttemptReport) -> None:
        """Show what became of an attempt, if it was shown to begin."""
        if tracked.id:
            self._forgiven(lambda: self._tracker.end_attempt(tracked, report), None)

    def end_run(
        self,
        tracking_id: str,
        outcome: str,
        summary: str = "",
        *,
        head: str = "",
        metrics: Mapping[str, float] = NONE,
    ) -> None:
        """Show how a run ended, if it was shown to begin."""
        if tracking_id:
            end = self._tracker.end_run
            self._forgiven(lambda: end(tracking_id, outcome, summary, head=head, metrics=metrics), None)

    def _forgiven(self, request: Callable[[], T], otherwise: T) -> T:
        try:
            return request()
        except TrackingError as error:
            with self._lock:
                self.problems.append(error)
                first = len(self.problems) == 1
            if first:
                self._warn(f"Tracking is incomplete; the run goes on. {error}")
            return otherwise
