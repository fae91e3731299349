"""How far the answers, the truths or one column were from the reference, window after window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.insight.drift.looked import kept, looked_at
from workbench.insight.drift.scale import excess
from workbench.monitoring.finding import DRIFT, LABEL_DRIFT, PREDICTION_DRIFT
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store
    from workbench.insight.windows import CheckBrief, WindowBrief


@dataclass(frozen=True)
class DriftPoint:
    """A window's answer to one question.

    Attributes:
        window: its position.
        score: by the method; None where nothing was measured.
        limit: from which on (of probabilities: up to which) it is beyond it.
        excess: the score as a multiple of its limit, above 1 beyond it.
    """

    window: int
    since: datetime
    until: datetime
    score: float | None
    limit: float | None
    excess: float | None
    method: str
    verdict: Verdict
    note: str


@dataclass(frozen=True)
class DriftSeries:
    """One question, window after window.

    Attributes:
        kind: of its checks: drift, prediction_drift or label_drift.
        name: a column, `score`, or the target.
        version: whose answers they are; None where the question is about all rows.
        points: the earliest first; only of windows in which it was asked.
    """

    kind: str
    name: str
    version: int | None
    points: tuple[DriftPoint, ...]


def outcome_drift(store: Store, person: Person, model: str) -> tuple[DriftSeries, ...]:
    """Return how far what was answered, version by version, and what came true were from the reference.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view")
    return kept(
        store,
        ("outcomes", model),
        lambda: _series(looked_at(store, model), (PREDICTION_DRIFT, LABEL_DRIFT)),
        model=model,
    )


def column_drift(store: Store, person: Person, model: str, feature: str) -> DriftSeries:
    """Return how far one column was from the reference; without points where it was never asked about.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: there is no such model.
    """
    person.require("view")
    found = _series(looked_at(store, model), (DRIFT,), feature)
    return found[0] if found else DriftSeries(DRIFT, feature, None, ())


def _series(
    windows: Iterable[WindowBrief], kinds: tuple[str, ...], name: str | None = None
) -> tuple[DriftSeries, ...]:
    points: dict[tuple[str, str, int | None], list[DriftPoint]] = {}
    for window in windows:
        for check in window.of(*kinds):
            if name in (None, check.name):
                found = points.setdefault((check.kind, check.name, check.version), [])
                found.append(_point(window, check))
    keys = sorted(points, key=lambda key: (kinds.index(key[0]), key[2] or 0))
    return tuple(DriftSeries(*key, tuple(points[key])) for key in keys)


def _point(window: WindowBrief, check: CheckBrief) -> DriftPoint:
    return DriftPoint(
        window.position,
        window.since,
        window.until,
        check.value,
        check.limit,
        excess(check.value, check.limit, check.method),
        check.method,
        check.verdict,
        check.note,
    )
