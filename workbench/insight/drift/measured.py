"""How good the answers were, window after window: measured where the truth is known, estimated before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.insight.drift.looked import kept, looked_at
from workbench.monitoring.finding import ESTIMATE, PERFORMANCE
from workbench.monitoring.measure import BIAS, HIGHER
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.insight.windows import CheckBrief, WindowBrief

Whose = tuple[int, str] | None
"""A version and its arm; None: all rows that were answered."""


@dataclass(frozen=True)
class MetricValue:
    """A metric of a window's rows, with its interval and what it is held to.

    Attributes:
        value: in the metric's own unit; None where it could not be had, and `note` says why.
        lower, upper: its interval, by blocks of time; None where it has no end.
        limit: None where nothing is asked of it.
    """

    value: float | None
    lower: float | None
    upper: float | None
    limit: float | None
    verdict: Verdict
    note: str


@dataclass(frozen=True)
class PerformancePoint:
    """What is known of one metric in one window.

    Attributes:
        window: its position.
        rows, labelled: those that were answered, and those of them whose truth was known at the look.
        measured: by the truth; None where nobody asked.
        estimated: what the scores themselves lead one to expect; None where there is no such estimate.
    """

    window: int
    since: datetime
    until: datetime
    rows: int
    labelled: int
    measured: MetricValue | None
    estimated: MetricValue | None

    @property
    def best(self) -> MetricValue | None:
        """What is known: the measured value, or the estimate while there is none."""
        if self.measured is not None and self.measured.value is not None:
            return self.measured
        return self.estimated if self.estimated is not None else self.measured

    @property
    def is_estimate(self) -> bool:
        """Whether what is known is an estimate, because the truth is missing."""
        return self.best is not None and self.best is self.estimated


@dataclass(frozen=True, eq=False)
class Performance:
    """A model's metrics in all its windows. The same object is returned until there are other windows.

    Attributes:
        metric: the one that the model is judged by.
        metrics: all that were asked for, the model's own and those with a limit first.
        parts: versions and arms that were measured by themselves, besides all rows together.
        windows: the earliest first.
    """

    model: str
    metric: str
    metrics: tuple[str, ...]
    parts: tuple[tuple[int, str], ...]
    windows: tuple[WindowBrief, ...]

    def of(self, metric: str = "", whose: Whose = None) -> tuple[PerformancePoint, ...]:
        """Return a metric in each window in which it was asked for, the earliest first.

        Args:
            metric: the model's own when empty.
            whose: of one version and arm; of all answered rows when None. Estimates are of all rows only.
        """
        points = (_point(window, metric or self.metric, whose) for window in self.windows)
        return tuple(point for point in points if point.measured or point.estimated)


def performance(store: Store, person: Person, model: str) -> Performance:
    """Return a model's metrics in all its windows, from memory.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view")
    declared = store.project.config.models.get(model)
    own = declared.metric if declared else ""
    limited = tuple(declared.monitoring.performance) if declared else ()
    return kept(
        store,
        ("performance", model),
        lambda: _made(model, own, limited, looked_at(store, model)),
        model=model,
    )


def better(metric: str) -> str:
    """Return which way a metric is better, in words."""
    if metric == BIAS:
        return "best at 0"
    return "higher is better" if metric in HIGHER else "lower is better"


def is_slice(name: str) -> bool:
    """Whether a check of the performance is about a slice or a group: `carrier=AA auc`."""
    return "=" in name or " " in name


def _made(model: str, own: str, limited: Sequence[str], windows: tuple[WindowBrief, ...]) -> Performance:
    asked: dict[str, None] = {}
    parts: dict[tuple[int, str], None] = {}
    for window in windows:
        for check in window.of(PERFORMANCE, ESTIMATE):
            if is_slice(check.name):
                continue
            asked.setdefault(check.name)
            if check.version is not None:
                parts.setdefault((check.version, check.arm or ""))
    first = [name for name in dict.fromkeys((own, *limited)) if name in asked]
    metrics = tuple(dict.fromkeys((*first, *asked)))
    metric = own if own in asked or not metrics else metrics[0]
    return Performance(model, metric, metrics, tuple(sorted(parts)), windows)


def _point(window: WindowBrief, metric: str, whose: Whose) -> PerformancePoint:
    return PerformancePoint(
        window.position,
        window.since,
        window.until,
        window.rows,
        window.labelled,
        _value(window.of(PERFORMANCE), metric, whose),
        _value(window.of(ESTIMATE), metric, whose),
    )


def _value(checks: Iterable[CheckBrief], metric: str, whose: Whose) -> MetricValue | None:
    version, arm = whose or (None, None)
    for check in checks:
        if check.name == metric and check.version == version and (check.arm or None) == (arm or None):
            return MetricValue(check.value, check.lower, check.upper, check.limit, check.verdict, check.note)
    return None
