"""Runs in groups: what all those of a pipeline, a person, a week or a parameter's value have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from statistics import median
from typing import TYPE_CHECKING

from workbench.insight.experiments.find import RunQuery, find_runs, value_of
from workbench.insight.experiments.terms import as_number
from workbench.insight.runs import RunSummary

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store

TIMES = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}
FACTS = ("pipeline", "outcome", "by", "why")
GROUPINGS = (*FACTS, *TIMES)
NONE = "none"


@dataclass(frozen=True)
class Group:
    """Runs with something in common.

    Attributes:
        name: what they have in common.
        ended: how many have ended.
        succeeded: how many of these succeeded or were reused.
        seconds: the median of those that ended; None when none has.
        last: when the newest one started.
        least, middle, most: of the metric that was asked for; None where no run has it.
    """

    name: str
    runs: int
    ended: int
    succeeded: int
    seconds: float | None
    last: datetime
    least: float | None
    middle: float | None
    most: float | None


def group_runs(
    store: Store,
    person: Person,
    query: RunQuery,
    by: str,
    *,
    metric: str = "",
    zone: tzinfo = UTC,
) -> tuple[Group, ...]:
    """Return groups of the runs that a query asks for, in the order of their first run there.

    Args:
        store: the project's state.
        person: who asks.
        query: which runs.
        by: one of `GROUPINGS`, or a parameter as `STAGE.NAME`.
        metric: `STAGE/NAME`, to be summed up for each group.
        zone: in which days, weeks and months begin.

    Raises:
        AccessError: the person may not look.
    """
    found = find_runs(store, person, query)
    named = _namer(by, zone)
    groups: dict[str, list[RunSummary]] = {}
    for run in found:
        groups.setdefault(named(run), []).append(run)
    return tuple(_group(name, runs, metric) for name, runs in groups.items())


def _namer(by: str, zone: tzinfo) -> Callable[[RunSummary], str]:
    if by in TIMES:
        return lambda run: run.started.astimezone(zone).strftime(TIMES[by])

    def named(run: RunSummary) -> str:
        value = value_of(run, by)
        return NONE if value is None or value == "" else str(value)

    return named


def _group(name: str, runs: Sequence[RunSummary], metric: str) -> Group:
    ended = [run for run in runs if run.outcome is not None]
    numbers = _numbers(value_of(run, metric) for run in runs) if metric else []
    seconds = _numbers(run.seconds for run in ended)
    return Group(
        name=name,
        runs=len(runs),
        ended=len(ended),
        succeeded=sum(run.outcome is not None and run.outcome.is_success for run in ended),
        seconds=median(seconds) if seconds else None,
        last=max(run.started for run in runs),
        least=min(numbers, default=None),
        middle=median(numbers) if numbers else None,
        most=max(numbers, default=None),
    )


def _numbers(values: Iterable[object]) -> list[float]:
    return [number for number in map(as_number, values) if number is not None]
