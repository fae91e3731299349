"""A tracker that keeps everything in memory, for tests and for projects without MLflow."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from workbench.errors import TrackingError
from workbench.tracking.tracker import NONE, AttemptInfo, AttemptReport, RunInfo, TrackedAttempt

T = TypeVar("T")


@dataclass(frozen=True)
class KeptRun:
    """A run as it was told; `outcome` is None while it goes on."""

    info: RunInfo
    outcome: str | None = None
    summary: str = ""
    head: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class KeptAttempt:
    """An attempt as it was told; `report` is None while it goes on."""

    info: AttemptInfo
    report: AttemptReport | None = None


@dataclass
class MemoryTracker:
    """Keeps what it is told in two dictionaries by tracking id."""

    runs: dict[str, KeptRun] = field(default_factory=dict)
    attempts: dict[str, KeptAttempt] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def start_run(self, run: RunInfo) -> str:
        """Keep a run, or take up the known one of this id."""
        with self._lock:
            known = next((key for key, kept in self.runs.items() if kept.info.run == run.run), None)
            tracking_id = known or f"run-{len(self.runs) + 1}"
            self.runs[tracking_id] = KeptRun(run)
            return tracking_id

    def start_attempt(self, attempt: AttemptInfo) -> TrackedAttempt:
        """Keep an attempt."""
        with self._lock:
            _known(self.runs, attempt.parent, "run")
            tracking_id = f"attempt-{len(self.attempts) + 1}"
            self.attempts[tracking_id] = KeptAttempt(attempt)
            return TrackedAttempt(tracking_id, attempt.at, {"DO_NOT_TRACK": "1"})

    def end_attempt(self, tracked: TrackedAttempt, report: AttemptReport) -> None:
        """Keep what became of an attempt."""
        with self._lock:
            kept = _known(self.attempts, tracked.id, "attempt")
            self.attempts[tracked.id] = replace(kept, report=report)

    def end_run(
        self,
        tracking_id: str,
        outcome: str,
        summary: str = "",
        *,
        head: str = "",
        metrics: Mapping[str, float] = NONE,
    ) -> None:
        """Keep how a run ended."""
        with self._lock:
            kept = _known(self.runs, tracking_id, "run")
            self.runs[tracking_id] = replace(
                kept, outcome=outcome, summary=summary, head=head, metrics=dict(metrics)
            )


def _known(kept: Mapping[str, T], tracking_id: str, what: str) -> T:
    if tracking_id not in kept:
        raise TrackingError(
            f"There is no tracked {what} {tracking_id!r}.",
            hint=f"Start it with start_{what} before telling how it ended.",
            tracking_id=tracking_id,
        )
    return kept[tracking_id]
