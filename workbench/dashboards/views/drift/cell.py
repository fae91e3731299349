"""One cell of the map explained: what is compared, how far apart it is, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource, HoverTool
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Drawing,
    Status,
    chip,
    facts,
    figure,
    html,
    number,
    of_verdict,
    percent,
    short,
    shown,
)
from workbench.dashboards.views.drift.distributions import distributions
from workbench.dashboards.views.drift.parts import (
    BLUE,
    GREY,
    limit_line,
    marks,
    on_tap,
    span_text,
    styled,
    wall,
)
from workbench.insight.drift import DriftCell, DriftSeries

_DRIFT_WORDS = {"pass": "stable", "fail": "drifted", "inconclusive": "not known"}


def explained(cell: DriftCell, *, height: int = 260) -> Drawing:
    """Return a cell: its verdict in words, its figure, its numbers."""
    drawn = distributions(cell, height=height)
    return Drawing(
        styled(_head(cell)),
        pn.Spacer(height=14),
        *([drawn] if drawn is not None else []),
        styled(html('<div class="told">{facts}</div>', facts=facts(_facts(cell)))),
    )


def drift_chip(verdict: Any, reason: str = "") -> Markup:
    """Return a verdict on drift as a chip."""
    status = of_verdict(verdict, reason)
    return chip(Status(status.tone, _DRIFT_WORDS.get(status.word, status.word), reason))


def through_time(series: DriftSeries, picked: Any) -> pn.Column | None:
    """Return how far a column was from its limit in every window; None before the second one.

    Args:
        series: of the column.
        picked: called with the position of the window whose point was clicked.
    """
    points = [point for point in series.points if point.excess is not None]
    if len(points) < 2:
        return None
    made = figure(y="times its limit", height=190, x_axis_type="datetime", tools="xpan,xbox_zoom,reset")
    source = ColumnDataSource(
        {
            "x": [wall(point.since) for point in points],
            "y": [point.excess for point in points],
            "verdict": [point.verdict.value for point in points],
            "said": [_DRIFT_WORDS[point.verdict.value] for point in points],
            "span": [span_text(point.since, point.until) for point in points],
            "score": [f"{short(point.score)} (limit {short(point.limit)})" for point in points],
        }
    )
    made.line("x", "y", source=source, color=GREY, line_width=1.4)
    marks(made, source, BLUE)
    limit_line(made, 1.0)
    tips = [("window", "@span"), ("score", "@score"), ("", "@said")]
    made.add_tools(HoverTool(renderers=made.select(name="points"), tooltips=tips))
    made.y_range.start = 0
    on_tap(made, lambda x, _y: picked(nearest(points, x)))
    note = "The dashed line is the limit; ✗ drifted, ○ not enough evidence. A click chooses a window."
    return shown(made, title=f"{series.name}, window by window", name="column", note=note)


def nearest(points: Sequence[Any], x: float) -> int:
    """Return the window's position of the point that is nearest to a place of a time axis.

    Args:
        points: each with `since` and `window`.
        x: milliseconds, as the axis has them.
    """

    def away(point: Any) -> float:
        return abs(wall(point.since).replace(tzinfo=UTC).timestamp() * 1000 - x)

    return int(min(points, key=away).window)


def _head(cell: DriftCell) -> Markup:
    whose = f", version {cell.version}" if cell.version is not None else ""
    return html(
        '<div class="told"><h3>{feature}{whose} {chip}</h3><p class="quiet">{span}</p>'
        '<p class="why"><b>{effect}</b> <span class="quiet">{note}</span></p></div>',
        feature=cell.feature,
        whose=whose,
        chip=drift_chip(cell.verdict),
        span=span_text(cell.since, cell.until),
        effect=cell.effect,
        note=cell.note if cell.score is not None else "",
    )


def _facts(cell: DriftCell) -> list[tuple[str, Any]]:
    """Return the numbers, each with what it is."""
    found: list[tuple[str, Any]] = []
    if cell.method:
        method = html(
            '<span title="{meaning}">{name}</span>', meaning=cell.method_meaning, name=cell.method_name
        )
        found.append(("Method", method))
    if cell.score is not None:
        found.append(("Score", number(cell.score, digits=4)))
    if cell.limit is not None:
        found.append(("Limit", cell.limit_words))
    if cell.lower is not None and cell.upper is not None:
        found.append(("Interval", f"{short(cell.lower)} to {short(cell.upper)}"))
    if cell.p is not None:
        found.append(("Chance", _chance(cell)))
    if cell.rows is not None:
        blocks = f" in {cell.blocks} blocks of time" if cell.blocks else ""
        found.append(("Rows", f"{short(cell.rows)}{blocks}"))
    if cell.missing is not None and cell.missing_reference is not None:
        found.append(
            ("Without a value", f"{percent(cell.missing)} now, {percent(cell.missing_reference)} in training")
        )
    if cell.unseen:
        found.append(("Never seen in training", percent(cell.unseen)))
    if cell.reference is not None:
        found.append(("Held against", f"what version {cell.reference} was trained on"))
    return found


def _chance(cell: DriftCell) -> Markup:
    corrected = f", {cell.adjusted:.2g} for all columns" if cell.adjusted is not None else ""
    return html(
        '<span title="{words}">p {p}{corrected}</span>',
        words=cell.chance,
        p=f"{cell.p:.2g}",
        corrected=corrected,
    )
