"""Finds, orders and counts runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.insight.experiments.kept import kept
from workbench.insight.experiments.terms import as_number, read_terms
from workbench.insight.runs import RunSummary

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store

_FACTS: dict[str, Callable[[RunSummary], Any]] = {
    "started": lambda run: run.started.timestamp(),
    "run": lambda run: run.id,
    "pipeline": lambda run: run.pipeline,
    "outcome": lambda run: run.state,
    "seconds": lambda run: run.seconds,
    "by": lambda run: run.actor,
    "why": lambda run: run.because,
}


@dataclass(frozen=True)
class RunQuery:
    """Which runs are wanted, and in what order.

    Attributes:
        text: words and comparisons; see `terms`.
        pipelines, outcomes, actors: any of these; all when empty. An outcome may be `running`.
        since: not before this moment.
        until: before this moment.
        sort: a column of the table, a metric `STAGE/NAME`, or a parameter `STAGE.NAME`.
    """

    text: str = ""
    pipelines: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    sort: str = "started"
    descending: bool = True


@dataclass(frozen=True)
class Known:
    """What all runs together have, each with how many runs have it, the most frequent first.

    Attributes:
        metrics: as `STAGE/NAME`.
        parameters: as `STAGE.NAME`.
    """

    count: int
    pipelines: Mapping[str, int]
    outcomes: Mapping[str, int]
    actors: Mapping[str, int]
    metrics: Mapping[str, int]
    parameters: Mapping[str, int]


def find_runs(store: Store, person: Person, query: RunQuery | None = None) -> tuple[RunSummary, ...]:
    """Return the runs that a query asks for, in its order; what has no value to sort by comes last.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    query = query or RunQuery()
    terms = read_terms(query.text)
    said = _said(store) if terms else {}
    found = [
        run
        for run in store.runs()
        if (not query.pipelines or run.pipeline in query.pipelines)
        and (not query.outcomes or run.state in query.outcomes)
        and (not query.actors or run.actor in query.actors)
        and (query.since is None or run.started >= query.since)
        and (query.until is None or run.started < query.until)
        and all(term.holds(run, said.get(run.id, "")) for term in terms)
    ]
    return tuple(_ordered(found, query))


def known(store: Store, person: Person) -> Known:
    """Return what runs can be chosen by.

    Raises:
        AccessError: the person may not look.
    """
    person.require("view")
    return kept(store, "known", lambda: _known(store.runs()))


def stage_key(run: RunSummary, key: str, mark: str) -> str:
    """Return `ENTRY/NAME` as `STAGE/NAME`: of a sweep's entries all the same."""
    entry, _, name = key.partition(mark)
    stage = run.stages.get(entry)
    return f"{stage.stage}{mark}{name}" if stage else key


def value_of(run: RunSummary, column: str) -> Any:
    """Return what a run has in a column: a fact, a metric or a parameter; None where it has nothing."""
    if column in _FACTS:
        return _FACTS[column](run)
    return run.metrics[column] if column in run.metrics else run.parameters.get(column)


def _ordered(runs: list[RunSummary], query: RunQuery) -> list[RunSummary]:
    if query.sort == "started":  # as they come
        return runs if query.descending else runs[::-1]
    keyed = [(value_of(run, query.sort), run) for run in runs]
    has = [pair for pair in keyed if pair[0] is not None]
    has.sort(key=lambda pair: _rank(pair[0]), reverse=query.descending)
    return [run for _, run in has] + [run for value, run in keyed if value is None]


def _rank(value: Any) -> tuple[int, float, str]:
    number = as_number(value)
    return (0, number, "") if number is not None else (1, 0.0, str(value).casefold())


def _said(store: Store) -> dict[str, str]:
    return kept(store, "said", lambda: {run.id: _text(run) for run in store.runs()})


def _text(run: RunSummary) -> str:
    values = " ".join(f"{name}={value}" for name, value in run.parameters.items())
    facts = (run.id, run.pipeline, run.state, run.actor, run.because, run.reason, " ".join(run.stages))
    return f"{' '.join(facts)} {values}".casefold()


def _known(runs: tuple[RunSummary, ...]) -> Known:
    metrics: Counter[str] = Counter()
    parameters: Counter[str] = Counter()
    for run in runs:
        metrics.update({stage_key(run, key, "/") for key in run.metrics})
        parameters.update({stage_key(run, key, ".") for key in run.parameters})
    return Known(
        len(runs),
        _ranked(Counter(run.pipeline for run in runs)),
        _ranked(Counter(run.state for run in runs)),
        _ranked(Counter(run.actor for run in runs)),
        _ranked(metrics),
        _ranked(parameters),
    )


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
