"""The tab of predictions and truths: how far what is said, and what comes true, are from the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from bokeh.models import ColumnDataSource, HoverTool

from workbench.dashboards.app.components import (
    Live,
    empty_state,
    figure,
    legend_above,
    short,
    shown,
    viewer_zone,
)
from workbench.dashboards.app.theme import COLOURS
from workbench.dashboards.views.drift.cell import explained, nearest
from workbench.dashboards.views.drift.parts import (
    beside,
    column,
    limit_line,
    marks,
    on_tap,
    span_text,
    wall,
    with_csv,
)
from workbench.insight.drift import DriftPoint, DriftSeries, drift_cell, outcome_drift
from workbench.monitoring.finding import LABEL_DRIFT

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.views.drift.choice import Choice
    from workbench.insight import Store

_NOTE = (
    "How many times its limit each is from what the model was trained on. The dashed line is the limit; "
    "✗ drifted, ○ not enough evidence. A click chooses a window."
)


def outcomes(store: Store, person: Person, choice: Choice) -> Any:
    """Return the tab."""

    def read_cells() -> Any:
        return tuple(
            drift_cell(
                store,
                person,
                choice.model,
                point.window,
                series.name,
                kind=series.kind,
                version=series.version,
            )
            for series in outcome_drift(store, person, choice.model)
            for point in series.points
            if point.window == choice.position
        )

    lines: Live[Any] = Live(
        store,
        lambda: outcome_drift(store, person, choice.model),
        lambda found: _lines(found, choice),
        "monitoring",
    )
    cells: Live[Any] = Live(store, read_cells, _cells, "monitoring")
    choice.watch(cells.refresh)
    return column(lines.panel, cells.panel)


def _lines(found: Sequence[DriftSeries], choice: Choice) -> Any:
    drawn = [series for series in found if any(point.excess is not None for point in series.points)]
    if not drawn:
        why = next((point.note for series in found for point in series.points[-1:] if point.note), "")
        return empty_state(
            "Nothing to compare yet",
            f"{why or 'No window was asked about it'}. Keep scores with the version: "
            "wb.reference(…, score=…, label=…), and send truths to the service.",
        )
    made = figure(
        x=f"Window begins ({viewer_zone()})",
        y="times its limit",
        height=320,
        x_axis_type="datetime",
        tools="xpan,xbox_zoom,reset",
    )
    points: list[DriftPoint] = []
    for number, series in enumerate(drawn):
        points += _line(made, series, COLOURS[number % len(COLOURS)])
    limit_line(made, 1.0)
    made.y_range.start = 0
    tips = [("", "@what"), ("window", "@span"), ("score", "@score"), ("", "@said")]
    made.add_tools(HoverTool(renderers=made.select(name="points"), tooltips=tips))
    legend_above(made)
    on_tap(made, lambda x, _y: choice.pick_window(nearest(points, x)))
    panel = shown(made, title="Predictions and truths, window by window", name="outcomes", note=_NOTE)
    return with_csv(panel, lambda: _frame(found), "outcomes")


def _line(made: Any, series: DriftSeries, colour: str) -> list[DriftPoint]:
    points = [point for point in series.points if point.excess is not None]
    label = _title(series)
    source = ColumnDataSource(
        {
            "x": [wall(point.since) for point in points],
            "y": [point.excess for point in points],
            "what": [label for _ in points],
            "verdict": [point.verdict.value for point in points],
            "said": [f"{point.verdict.mark} {point.note}" for point in points],
            "span": [span_text(point.since, point.until) for point in points],
            "score": [f"{short(point.score)} (limit {short(point.limit)})" for point in points],
        }
    )
    dash = "dashed" if series.kind == LABEL_DRIFT else "solid"
    made.line("x", "y", source=source, color=colour, line_width=2, line_dash=dash, legend_label=label)
    marks(made, source, colour)
    return points


def _title(series: DriftSeries) -> str:
    if series.kind == LABEL_DRIFT:
        return f"truths ({series.name})"
    whose = f" of version {series.version}" if series.version is not None else ""
    return f"predictions{whose}" + (f" ({series.name})" if series.name != "score" else "")


def _cells(found: Any) -> Any:
    if not found:
        return empty_state("Nothing in this window", "No score and no truth of it was asked about.")
    parts = [column(explained(cell)) for cell in found]
    return beside(*parts, shares=[1] * len(parts), least=400)


def _frame(found: Sequence[DriftSeries]) -> pd.DataFrame:
    rows = [
        {
            "what": _title(series),
            "since": point.since.isoformat(),
            "until": point.until.isoformat(),
            "verdict": point.verdict.value,
            "method": point.method,
            "score": point.score,
            "limit": point.limit,
            "times_its_limit": point.excess,
            "note": point.note,
        }
        for series in found
        for point in series.points
    ]
    return pd.DataFrame(rows)
