"""Both sides of a column in one figure: what training saw in grey, the window in blue."""

from __future__ import annotations

from typing import Any

from bokeh.models import ColumnDataSource, HoverTool, NumeralTickFormatter, Span

from workbench.dashboards.app.components import figure, legend_above, shown
from workbench.dashboards.views.drift.parts import BLUE, GREY, cut, ticks
from workbench.insight.drift import DriftCell, Names, Numbers

_SEEN, _NOW = "training saw", "this window"
_OTHERS = "(all others)"
_BAR = 34  # pixels of a name's two bars


def distributions(cell: DriftCell, *, title: str = "", height: int = 280) -> Any:
    """Return the figure of a column's two sides; None where the report holds nothing that can be drawn.

    Args:
        cell: the column in a window.
        title: above the figure.
        height: in pixels, of numbers; names take what they need.
    """
    if isinstance(cell.distribution, Numbers):
        made, note = _numbers(cell, cell.distribution, height), _numbers_note(cell.distribution)
    elif isinstance(cell.distribution, Names):
        made, note = _names(cell, cell.distribution), "The names that matter most on either side."
    else:
        return None
    return shown(made, title=title or f"How {cell.feature} is spread", name="distribution", note=note)


def _numbers(cell: DriftCell, both: Numbers, height: int) -> Any:
    made = figure(x=cell.feature, y="share of the rows", height=height, tools="reset")
    source = ColumnDataSource(
        {
            "left": both.edges[:-1],
            "right": both.edges[1:],
            "seen": both.reference,
            "now": both.window,
            "from_": [f"{edge:.4g}" for edge in both.edges[:-1]],
            "to": [f"{edge:.4g}" for edge in both.edges[1:]],
        }
    )
    made.quad(
        "left",
        "right",
        "seen",
        0,
        source=source,
        color=GREY,
        alpha=0.5,
        line_alpha=0,
        legend_label=_SEEN,
    )
    window = made.quad(
        "left", "right", "now", 0, source=source, fill_color=BLUE, fill_alpha=0.16, line_alpha=0
    )
    xs = [x for pair in zip(both.edges[:-1], both.edges[1:], strict=True) for x in pair]
    ys = [y for share in both.window for y in (share, share)]
    made.line(xs, ys, color=BLUE, line_width=2.4, legend_label=_NOW)
    if both.means is not None:
        for mean, colour in zip(both.means, (GREY, BLUE), strict=True):
            made.add_layout(
                Span(location=mean, dimension="height", line_color=colour, line_dash="dashed", line_width=1.6)
            )
    tips = [("from", "@from_"), ("to", "@to"), (_SEEN, "@seen{0.0%}"), (_NOW, "@now{0.0%}")]
    made.add_tools(HoverTool(renderers=[window], tooltips=tips, mode="vline"))
    made.yaxis.formatter = NumeralTickFormatter(format="0 %")
    made.y_range.start = 0
    made.y_range.range_padding = 0.25
    legend_above(made)
    return made


def _numbers_note(both: Numbers) -> str:
    outermost = "Values farther out are in the outermost bars."
    if both.means is None:
        return outermost
    return f"Means: {both.means[1]:.4g} now, {both.means[0]:.4g} in training (dashed). {outermost}"


def _names(cell: DriftCell, both: Names) -> Any:
    names = [_OTHERS if name is None else name for name in both.names]
    places = list(range(len(names), 0, -1))
    made = figure(x="share of the rows", height=_BAR * len(names) + 96, tools="reset")
    source = ColumnDataSource(
        {
            "name": names,
            "seen": both.reference,
            "now": both.window,
            "above": [place + 0.2 for place in places],
            "below": [place - 0.2 for place in places],
        }
    )
    bars = [
        made.hbar(at, 0.36, values, source=source, color=colour, legend_label=label, **looks)
        for at, values, colour, label, looks in (
            ("above", "seen", GREY, _SEEN, {"fill_alpha": 0.6}),
            ("below", "now", BLUE, _NOW, {"fill_alpha": 0.9}),
        )
    ]
    tips = [(cell.feature[:40], "@name"), (_SEEN, "@seen{0.0%}"), (_NOW, "@now{0.0%}")]
    made.add_tools(HoverTool(renderers=bars, tooltips=tips))
    ticks(made.yaxis, places, [cut(name, 18) for name in names])
    made.xaxis.formatter = NumeralTickFormatter(format="0 %")
    made.x_range.start = 0
    made.ygrid.visible = False
    legend_above(made)
    return made
