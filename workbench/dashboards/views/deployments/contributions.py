"""What each column contributed to an answer, as bars to both sides of the base."""

from __future__ import annotations

from typing import Any

from bokeh.models import ColumnDataSource, HoverTool, Span

from workbench.dashboards.app.components import figure, short, shown
from workbench.dashboards.app.theme import COLOURS
from workbench.insight.deployments import Contribution, Explained

_MOST = 12
_UP, _DOWN = COLOURS[1], COLOURS[0]
_BAR = 24  # pixels


def contributions(explained: Explained) -> Any:
    """Return the largest contributions as a figure; the rest of them are one bar."""
    parts = list(explained.contributions[:_MOST])
    rest = explained.contributions[_MOST:]
    if rest:
        parts.append(Contribution(f"{len(rest)} other columns", "", sum(part.value for part in rest)))
    names = [_name(part) for part in parts]
    made = figure(
        x=f"Contribution, {explained.scale}",
        height=_BAR * len(parts) + 70,
        y_range=names[::-1],
        tools="reset",
    )
    source = ColumnDataSource(
        {
            "name": names,
            "value": [part.value for part in parts],
            "colour": [_UP if part.value > 0 else _DOWN for part in parts],
            "column": [part.column for part in parts],
            "given": ["missing" if part.given is None else str(part.given) for part in parts],
        }
    )
    bars = made.hbar(y="name", right="value", height=0.7, color="colour", source=source)
    made.add_layout(Span(location=0, dimension="height", line_color="#8a8f9a", line_width=1))
    made.add_tools(
        HoverTool(
            renderers=[bars],
            tooltips=[("column", "@column"), ("value", "@given"), ("contribution", "@value{+0.0000}")],
        )
    )
    made.ygrid.grid_line_color = None
    group = f" of class {explained.group}" if explained.group is not None else ""
    how = "exact" if explained.method == "tree" else "sampled"
    note = (
        f"From {short(explained.base)}, said of nobody in particular, to {short(explained.score)}{group} "
        f"({explained.scale}; {how}): orange moved it up, blue down."
    )
    return shown(made, title="What the answer rests on", name="contributions", note=note)


def _name(part: Contribution) -> str:
    if part.given == "":
        return part.column
    given = "missing" if part.given is None else part.given
    said = short(given) if isinstance(given, int | float) and not isinstance(given, bool) else str(given)
    return f"{part.column} = {said[:24]}"
