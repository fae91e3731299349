"""Searches of parameters: every trial as a line, which parameters mattered, and all trials as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn

from workbench.dashboards.app.components import (
    Column,
    Flow,
    IntSlider,
    Live,
    Select,
    empty_state,
    export_button,
    html,
    moment_text,
    table,
)
from workbench.dashboards.views.experiments.importances import importances
from workbench.dashboards.views.experiments.parallel import parallel
from workbench.dashboards.views.experiments.parts import run_link, styled
from workbench.insight.experiments import Search, Trials, importance, read_trials, searches

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_LOWER = "lower"
_HIGHER = "higher"


def searching(store: Store, person: Person, location: Location) -> Any:
    """Return the tab of searches; it follows new ones by itself."""
    return Live(
        store,
        lambda: tuple((each.run.id, each.entry) for each in searches(store, person)),
        lambda found: _choose(store, person, location) if found else _nothing(),
        "run",
    ).panel


def _nothing() -> Any:
    return empty_state(
        "No search yet",
        "Try combinations of a stage's parameters, or log a table named trials from one.",
        "workbench sweep STAGE -p NAME=A,B,C",
    )


def _choose(store: Store, person: Person, location: Location) -> Any:
    options = {_name(search): f"{search.run.id}/{search.entry}" for search in searches(store, person)}
    chosen = Select(label="Search", options=options, max_width=420)
    location.bind(chosen, "search")
    place = pn.Column(sizing_mode="stretch_width", margin=0)

    def draw(_event: Any = None) -> None:
        run, _, entry = chosen.value.partition("/")
        place[:] = [
            Live(
                store,
                lambda: read_trials(store, person, run, entry),
                lambda trials: _explained(run, trials, location),
                "run",
            ).panel
        ]

    chosen.param.watch(draw, "value")
    draw()
    return pn.Column(chosen, place, sizing_mode="stretch_width", margin=0)


def _name(search: Search) -> str:
    run = search.run
    what = search.entry or next(iter(run.stages.values())).stage
    count = f" · {search.count} combinations" if search.count else " · its trials"
    return f"{what}{count} · {moment_text(run.started)} · {run.id}"


def _count(trials: int) -> str:
    return "1 trial" if trials == 1 else f"{trials} trials"


def _explained(run: str, trials: Trials, location: Location) -> Any:
    if not trials.metrics:
        return empty_state("Nothing was measured yet", "No trial of this search has a metric.")
    metric = Select(label="Metric", options=list(trials.metrics), width=260)
    best = Select(label="Better is", options=[_LOWER, _HIGHER], width=140)
    share = IntSlider(label="Best trials shown (%)", start=5, end=100, step=5, value=100, width=240)
    best.value = _better(trials.metrics[0])
    for name, widget in (("metric", metric), ("better", best), ("best", share)):
        location.bind(widget, name)
    lines, bars = (pn.Column(sizing_mode="stretch_width", margin=0) for _ in range(2))

    def draw_lines(_event: Any = None) -> None:
        lower = best.value == _LOWER
        lines[:] = [parallel(trials, metric.value, share.value / 100, lower_is_better=lower)]

    def draw_bars(_event: Any = None) -> None:
        bars[:] = [importances(importance(trials, metric.value), metric.value)]

    for widget in (metric, best, share):
        widget.param.watch(draw_lines, "value")
    metric.param.watch(draw_bars, "value")
    draw_lines()
    draw_bars()
    frame = _frame(trials)
    return pn.Column(
        styled(html("<p>{count} of run {run}</p>", count=_count(len(trials.trials)), run=run_link(run))),
        Flow(metric, best, share, sizing_mode="stretch_width", margin=0),
        lines,
        bars,
        pn.Row(export_button(lambda: frame, "trials"), margin=0),
        table(frame, _columns(trials, frame), name="Trials"),
        sizing_mode="stretch_width",
        margin=0,
    )


def _better(metric: str) -> str:
    """Guess from a metric's name; what was searched for (`value`) is a loss more often than not."""
    words = ("auc", "accuracy", "precision", "recall", "f1", "r2", "gain", "score")
    return _HIGHER if any(word in metric.casefold() for word in words) else _LOWER


def _frame(trials: Trials) -> pd.DataFrame:
    data: dict[str, list[Any]] = {
        "trial": [trial.name for trial in trials.trials],
        "state": [trial.state for trial in trials.trials],
    }
    data |= {name: [t.metrics.get(name) for t in trials.trials] for name in trials.metrics}
    for name in trials.parameters:
        values = [trial.parameters.get(name) for trial in trials.trials]
        numbers = all(_is_number(value) or value is None for value in values)
        data[f"{name} "] = values if numbers else ["" if v is None else str(v) for v in values]
    return pd.DataFrame(data)


def _columns(trials: Trials, frame: pd.DataFrame) -> list[Column]:
    measured = [Column(name, name, "number", digits=_digits(frame[name], 5)) for name in trials.metrics]
    varied = [
        Column(f"{n} ", n, "number", digits=_digits(frame[f"{n} "], 4))
        if frame[f"{n} "].dtype.kind in "if"
        else Column(f"{n} ", n)
        for n in trials.parameters
    ]
    return [Column("trial", "Trial", width=110), Column("state", "State", width=110), *measured, *varied]


def _digits(values: pd.Series, most: int) -> int:
    """Return how many digits after the point numbers need: none where all are whole."""
    return 0 if values.dropna().mod(1).eq(0).all() else most


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
