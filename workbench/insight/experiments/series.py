"""A metric of one run after another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.insight.experiments.find import RunQuery, find_runs

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store


@dataclass(frozen=True)
class Measured:
    """What one entry of a run measured.

    Attributes:
        at: when the run started, project time.
        is_new: whether it was measured in this run, and not reused from another.
    """

    run: str
    entry: str
    pipeline: str
    at: datetime
    outcome: str
    value: float
    is_new: bool


def metric_over_time(
    store: Store, person: Person, metric: str, query: RunQuery | None = None, *, reused: bool = False
) -> tuple[Measured, ...]:
    """Return a metric of the runs that a query asks for, the oldest first; each entry of a sweep by itself.

    Args:
        store: the project's state.
        person: who asks.
        metric: `STAGE/NAME`.
        query: which runs; all when None.
        reused: whether also what was only taken over from an earlier run, where nothing had changed.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    stage, _, name = metric.partition("/")
    found = []
    for run in find_runs(store, person, query):
        for entry in run.stages.values():
            value = run.metrics.get(f"{entry.name}/{name}") if entry.stage == stage else None
            if value is None or not math.isfinite(value):
                continue
            is_new = entry.attempts > 0
            if is_new or reused:
                found.append(
                    Measured(run.id, entry.name, run.pipeline, run.started, run.state, value, is_new)
                )
    return tuple(sorted(found, key=lambda measured: measured.at))
