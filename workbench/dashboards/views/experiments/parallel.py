"""Trials as lines across one axis for each parameter: parallel coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bokeh.models import ColumnDataSource, HoverTool
from bokeh.palettes import Cividis256
from bokeh.transform import linear_cmap

from workbench.dashboards.app.components import empty_state, figure, short, shown
from workbench.insight.experiments import Trial, Trials

_MOST = 1000  # lines
_NAME = 18  # characters that fit under an axis


@dataclass(frozen=True)
class _Axis:
    """An axis: where each value lies on it, from 0 to 1, and what stands at its ends."""

    name: str
    places: tuple[float, ...]
    marks: tuple[tuple[float, str], ...]


def parallel(trials: Trials, metric: str, share: float, *, lower_is_better: bool) -> Any:
    """Return the figure.

    Args:
        trials: of a search.
        metric: that colours the lines; its axis is the last one.
        share: of the best trials that are drawn, from 0 to 1.
        lower_is_better: which are the best.
    """
    has = sorted((t for t in trials.trials if metric in t.metrics), key=lambda t: t.metrics[metric])
    ordered = has if lower_is_better else has[::-1]
    kept = ordered[: max(1, round(share * len(ordered)))][:_MOST]
    if not kept or not trials.parameters:
        return empty_state("Nothing to draw", "No trial has this metric, or no parameter was varied.")
    axes = [_axis(name, [t.parameters.get(name) for t in has], kept, has) for name in trials.parameters]
    axes.append(_axis(metric, [trial.metrics[metric] for trial in has], kept, has))
    values = [trial.metrics[metric] for trial in has]
    made = figure(height=380, tools="reset", x_range=(-0.4, len(axes) - 0.6), y_range=(-0.14, 1.12))
    _draw(made, axes, kept, metric, values, lower_is_better=lower_is_better)
    left = len(trials.trials) - len(has)
    note = f"{len(kept)} of {len(trials.trials)} trials" + (f"; {left} without {metric}" if left else "")
    return shown(made, title="Trials by their parameters", name="trials", note=f"{note}. Dark is best.")


def _draw(
    made: Any,
    axes: Sequence[_Axis],
    kept: Sequence[Trial],
    metric: str,
    values: Sequence[float],
    *,
    lower_is_better: bool,
) -> None:
    order = range(len(kept) - 1, -1, -1)  # the best on top
    source = ColumnDataSource(
        {
            "xs": [list(range(len(axes))) for _ in order],
            "ys": [[axis.places[number] for axis in axes] for number in order],
            "value": [kept[number].metrics[metric] for number in order],
            "trial": [kept[number].name for number in order],
            "state": [kept[number].state for number in order],
            "what": [", ".join(f"{n}={_said(v)}" for n, v in kept[i].parameters.items()) for i in order],
        }
    )
    palette = Cividis256[:230] if lower_is_better else Cividis256[229::-1]
    colour = linear_cmap("value", palette, low=min(values), high=max(values))
    lines = made.multi_line(
        "xs", "ys", source=source, line_color=colour, line_alpha=0.75, line_width=1.8, hover_line_width=4
    )
    made.add_tools(
        HoverTool(
            renderers=[lines],
            tooltips=[("trial", "@trial"), (metric, "@value{0.00000}"), ("state", "@state"), ("", "@what")],
        )
    )
    for place, axis in enumerate(axes):
        made.segment([place], [0], [place], [1], color="#8a92a2", line_width=1)
        made.text(
            [place] * len(axis.marks),
            [mark for mark, _ in axis.marks],
            [text for _, text in axis.marks],
            text_font_size="11px",
            text_color="#8a92a2",
            x_offset=5,
            text_baseline="middle",
        )
    made.xaxis.ticker = list(range(len(axes)))
    made.xaxis.major_label_overrides = {place: _cut(axis.name) for place, axis in enumerate(axes)}
    made.xaxis.major_label_orientation = 0.35
    made.yaxis.visible = False
    made.grid.visible = False


def _axis(name: str, every: Sequence[Any], kept: Sequence[Trial], has: Sequence[Trial]) -> _Axis:
    by_trial = {id(trial): value for trial, value in zip(has, every, strict=True)}
    mine = [by_trial[id(trial)] for trial in kept]
    numbers = [value for value in every if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) == sum(value is not None for value in every):
        low, high = min(numbers, default=0.0), max(numbers, default=1.0)
        width = (high - low) or 1.0
        places = tuple(-0.08 if value is None else (value - low) / width for value in mine)
        return _Axis(name, places, ((0.0, short(low)), (1.0, short(high))))
    names = sorted({_said(value) for value in every})
    step = 1.0 / max(1, len(names) - 1)
    at = {text: number * step for number, text in enumerate(names)}
    return _Axis(name, tuple(at[_said(value)] for value in mine), tuple((p, t) for t, p in at.items())[:12])


def _said(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return short(value) if is_number else "–" if value is None else str(value)[:40]


def _cut(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
