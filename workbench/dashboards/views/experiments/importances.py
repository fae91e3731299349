"""How much each parameter of a search mattered, as bars."""

from __future__ import annotations

from typing import Any

from bokeh.models import ColumnDataSource, HoverTool

from workbench.dashboards.app.components import empty_state, figure, percent, shown
from workbench.dashboards.app.theme import COLOURS
from workbench.insight.experiments import Importance

_MOST = 20  # bars
_WEAK = 0.1
_TREND = 0.2  # of a rank correlation, below which no direction is named


def importances(found: Importance, metric: str) -> Any:
    """Return the figure, or why nothing can be said."""
    if found.note:
        return empty_state("No importance", found.note)
    bars = found.parameters[:_MOST][::-1]
    source = ColumnDataSource(
        {
            "name": [bar.name for bar in bars],
            "share": [100 * bar.share for bar in bars],
            "trend": [_trend(bar.trend, metric) for bar in bars],
        }
    )
    made = figure(
        x=f"Share of the variance of {metric} (%)",
        height=90 + 30 * len(bars),
        tools="",
        y_range=[bar.name for bar in bars],
    )
    made.hbar("name", right="share", height=0.62, source=source, color=COLOURS[0])
    made.add_tools(HoverTool(tooltips=[("", "@name"), ("share", "@share{0.0} %"), ("", "@trend")]))
    made.x_range.start = 0
    made.ygrid.visible = False
    return shown(made, title="Which parameters mattered", name="importance", note=_note(found))


def _note(found: Importance) -> str:
    held = found.held if found.held is not None else 0.0
    trust = (
        "The model behind this explains nothing of trials that it has not seen: read nothing into it."
        if held < _WEAK
        else f"The model behind this explains {percent(held, digits=2)} of trials that it has not seen."
    )
    together = f" {percent(found.together, digits=2)} belongs to several parameters together."
    return f"By functional ANOVA over {found.trials} trials. {trust}" + (
        together if found.together > 0.01 else ""
    )


def _trend(trend: float | None, metric: str) -> str:
    if trend is None or abs(trend) < _TREND:
        return "no clear direction"
    return f"{metric} {'rises' if trend > 0 else 'falls'} with it (rank correlation {trend:+.2f})"
