"""The tab of performance: a metric in each window with its interval, and the estimate before the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from bokeh.models import ColumnDataSource, HoverTool

from workbench.dashboards.app.components import (
    NOTHING,
    Column,
    Flow,
    Live,
    Select,
    block,
    empty_state,
    figure,
    html,
    legend_above,
    short,
    shown,
    table,
    viewer_zone,
)
from workbench.dashboards.views.drift.cell import nearest
from workbench.dashboards.views.drift.parts import (
    BLUE,
    FIELD,
    ORANGE,
    RED,
    column,
    on_tap,
    span_text,
    wall,
    whiskers,
    with_csv,
)
from workbench.insight.drift import MetricValue, PerformancePoint, better, performance

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.dashboards.views.drift.choice import Choice
    from workbench.insight import Store

_ALL = "all answers"
_COLUMNS = (
    Column("window", "Window", width=180),
    Column("measured", "Measured", "number", digits=4),
    Column("interval", "Its interval", width=125),
    Column("verdict", "Verdict", width=115),
    Column("estimated", "Estimated", "number", digits=4),
    Column("estimate", "Its interval", width=125),
    Column("labelled", "Truths known", width=150),
    Column("note", "Why", width=280),
)


class Measuring:
    """The tab.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location, choice: Choice) -> None:
        self._store, self._person, self._choice = store, person, choice
        found = performance(store, person, choice.model)
        self.metric = Select(
            label="Metric", options=list(found.metrics), value=found.metric or None, width=200, margin=FIELD
        )
        self.whose = Select(label="Whose", options=_parts(found.parts), value=_ALL, width=240, margin=FIELD)
        location.bind(self.metric, "metric")
        location.bind(self.whose, "whose")
        live: Live[Any] = Live(store, self._read, self._draw, "monitoring")
        for widget in (self.metric, self.whose):
            widget.param.watch(lambda _: live.refresh(), "value")
        self.panel = column(Flow(self.metric, self.whose, sizing_mode="stretch_width", margin=0), live.panel)

    def _read(self) -> Any:
        found = performance(self._store, self._person, self._choice.model)
        if list(found.metrics) != self.metric.options:
            self.metric.options = list(found.metrics)
        if _parts(found.parts) != self.whose.options:
            self.whose.options = _parts(found.parts)
        metric = self.metric.value or found.metric
        return metric, found.of(metric, _whose(self.whose.value))

    def _draw(self, found: Any) -> Any:
        metric, points = found
        known = [point for point in points if point.best is not None and point.best.value is not None]
        if not known:
            why = next((p.measured.note for p in reversed(points) if p.measured and p.measured.note), "")
            return empty_state(
                "Nothing is known of it yet",
                f"{why or 'No window was asked about it'}. Send what came true to the service, "
                "POST /feedback; scores that are probabilities give an estimate before.",
            )
        panel = shown(
            self._figure(metric, known),
            title=f"{metric}, window by window",
            name="performance",
            note=_note(metric, known),
        )
        frame = _frame(points)
        with_csv(panel, lambda: frame, "performance")
        made = table(
            frame,
            _COLUMNS,
            name=f"{metric} by window",
            page_size=10,
            on_row=lambda row: self._choice.pick_window(list(reversed(points))[row].window),
        )
        return column(block(_last(metric, known[-1])), panel, made)

    def _figure(self, metric: str, points: Sequence[PerformancePoint]) -> Any:
        made = figure(
            x=f"Window begins ({viewer_zone()})",
            y=f"{metric} ({better(metric)})",
            height=340,
            x_axis_type="datetime",
            tools="xpan,xbox_zoom,reset",
        )
        measured = [p for p in points if p.measured is not None and p.measured.value is not None]
        estimated = [p for p in points if p.estimated is not None and p.estimated.value is not None]
        limits = [p for p in points if p.best is not None and p.best.limit is not None]
        if estimated:
            _draw_estimates(made, estimated)
        if measured:
            _draw_measured(made, measured)
        if limits:
            xs, ys = [wall(p.since) for p in limits], [p.best.limit for p in limits if p.best]
            made.line(xs, ys, color=RED, line_dash=[6, 4], line_width=1.4, legend_label="limit")
        tips = [
            ("window", "@span"),
            ("", "@what"),
            (metric, "@value"),
            ("interval", "@interval"),
            ("", "@said"),
        ]
        made.add_tools(HoverTool(renderers=made.select(name="points"), tooltips=tips))
        legend_above(made)
        on_tap(made, lambda x, _y: self._choice.pick_window(nearest(points, x)))
        return made


def _draw_measured(made: Any, points: Sequence[PerformancePoint]) -> None:
    values = [point.measured for point in points if point.measured is not None]
    source = _source(points, values, "measured, the truth is known")
    made.line("x", "y", source=source, color=BLUE, line_width=1.6, legend_label="measured")
    whiskers(made, source, BLUE)


def _draw_estimates(made: Any, points: Sequence[PerformancePoint]) -> None:
    """Draw estimates as such: hollow diamonds on a dotted line, larger where nothing else is known."""
    values = [point.estimated for point in points if point.estimated is not None]
    source = _source(points, values, "estimated from the scores alone")
    alone = [7 if point.measured is not None and point.measured.value is not None else 12 for point in points]
    source.data["size"] = alone
    label = "estimated from the scores alone"
    made.line("x", "y", source=source, color=ORANGE, line_dash="dotted", line_width=1.4, legend_label=label)
    made.varea("x", "lower", "upper", source=source, color=ORANGE, alpha=0.1)
    made.scatter(
        "x",
        "y",
        source=source,
        marker="diamond",
        size="size",
        fill_alpha=0,
        line_color=ORANGE,
        line_width=1.8,
        legend_label=label,
        name="points",
    )


def _source(points: Sequence[PerformancePoint], values: Sequence[MetricValue], what: str) -> Any:
    return ColumnDataSource(
        {
            "x": [wall(point.since) for point in points],
            "y": [value.value for value in values],
            "lower": [value.value if value.lower is None else value.lower for value in values],
            "upper": [value.value if value.upper is None else value.upper for value in values],
            "verdict": [value.verdict.value for value in values],
            "span": [span_text(point.since, point.until) for point in points],
            "what": [what for _ in points],
            "value": [short(value.value, digits=4) for value in values],
            "interval": [_interval(value) for value in values],
            "said": [f"{value.verdict.mark} {value.note}" for value in values],
        }
    )


def _interval(value: MetricValue | None) -> str:
    if value is None or value.lower is None or value.upper is None:
        return NOTHING
    return f"{short(value.lower)} to {short(value.upper)}"


def _last(metric: str, point: PerformancePoint) -> Any:
    """Return what is known of the last window, in a sentence."""
    best = point.best
    assert best is not None
    how = "is estimated from the scores alone to be" if point.is_estimate else "was measured as"
    missing = " No truth is known yet." if point.is_estimate else ""
    return html(
        '<p><b>{metric}</b> {how} <b>{value}</b> <span class="quiet">(interval {interval})</span> in {span}: '
        "{mark} {verdict}{note}.{missing}</p>",
        metric=metric,
        how=how,
        value=short(best.value, digits=4),
        interval=_interval(best),
        span=span_text(point.since, point.until),
        mark=best.verdict.mark,
        verdict=best.verdict.value,
        note=f", {best.note}" if best.note else "",
        missing=missing,
    )


def _note(metric: str, points: Sequence[PerformancePoint]) -> str:
    alone = sum(point.is_estimate for point in points)
    said = f"{better(metric).capitalize()}. Bars are intervals by blocks of time; ✗ failed, hollow: in doubt."
    if alone:
        said += f" Of {alone} windows only the estimate is known (large diamonds)."
    return said


def _frame(points: Sequence[PerformancePoint]) -> pd.DataFrame:
    rows = [
        {
            "window": span_text(point.since, point.until),
            "measured": point.measured.value if point.measured else None,
            "interval": _interval(point.measured),
            "verdict": _verdict(point),
            "estimated": point.estimated.value if point.estimated else None,
            "estimate": _interval(point.estimated),
            "labelled": f"{short(point.labelled)} of {short(point.rows)}",
            "note": point.best.note if point.best else "",
        }
        for point in reversed(points)
    ]
    return pd.DataFrame(rows, columns=[each.key for each in _COLUMNS])


def _verdict(point: PerformancePoint) -> str:
    if point.best is None:
        return NOTHING
    said = f"{point.best.verdict.mark} {point.best.verdict.value}"
    return f"{said} (estimate)" if point.is_estimate else said


def _parts(parts: Sequence[tuple[int, str]]) -> dict[str, str]:
    return {_ALL: _ALL} | {f"version {v} as {arm or 'any'}": f"{v}/{arm}" for v, arm in parts}


def _whose(value: str) -> tuple[int, str] | None:
    version, _, arm = str(value or "").partition("/")
    return (int(version), arm) if version.isdecimal() else None
