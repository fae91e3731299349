"""A tracker that works in another process, so that this one need not import MLflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from workbench.errors import TrackingError, WorkbenchError
from workbench.tracking.mlflow_tracker import MlflowTracker
from workbench.tracking.tracker import NONE, AttemptInfo, AttemptReport, RunInfo, TrackedAttempt

Place = tuple[str, str, str]


class DistantTracker:
    """Hands everything to an `MlflowTracker` in the process that `call` reaches.

    Args:
        call: calls the function `module:name` there with what it is given, and returns what it returns.
        place: the store, the place of artifacts and the experiment, as an `MlflowTracker` takes them.
    """

    def __init__(self, call: Callable[..., Any], place: Place) -> None:
        self._call = call
        self._place = place

    def start_run(self, run: RunInfo) -> str:
        """Show that a run goes on."""
        return str(self._ask("start_run", run))

    def start_attempt(self, attempt: AttemptInfo) -> TrackedAttempt:
        """Show that an attempt begins."""
        tracked: TrackedAttempt = self._ask("start_attempt", attempt)
        return tracked

    def end_attempt(self, tracked: TrackedAttempt, report: AttemptReport) -> None:
        """Show what became of an attempt."""
        self._ask("end_attempt", tracked, report)

    def end_run(
        self,
        tracking_id: str,
        outcome: str,
        summary: str = "",
        *,
        head: str = "",
        metrics: Mapping[str, float] = NONE,
    ) -> None:
        """Show how a run ended."""
        self._ask("end_run", tracking_id, outcome, summary, head=head, metrics=dict(metrics))

    def _ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        try:
            return self._call(f"{__name__}:track", self._place, method, arguments, named)
        except TrackingError:
            raise
        except WorkbenchError as error:
            raise TrackingError(f"MLflow was not told: {error.message}", hint=error.hint) from error


def track(place: Place, method: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Do in this process what a `DistantTracker` was asked for."""
    return getattr(_tracker(*place), method)(*arguments, **named)


@lru_cache
def _tracker(tracking_uri: str, artifacts_uri: str, experiment: str) -> MlflowTracker:
    return MlflowTracker(tracking_uri, artifacts_uri, experiment)
