"""Requests a second and latency over time, a line for each version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from bokeh.models import ColumnDataSource, HoverTool

from workbench.dashboards.app.components import Flow, figure, legend_above, moment_text, shown, viewer_zone
from workbench.dashboards.views.deployments.parts import colours
from workbench.insight.deployments import Moment

if TYPE_CHECKING:
    from workbench.registry import Deployment

_MILLI = 1e3
_DAY = 86400
_UNITS = (("second", 1), ("minute", 60), ("hour", 3600))
_Y = Callable[[Moment], float | None]


class Curves:
    """Two figures that are made once and filled anew.

    Attributes:
        panel: both, side by side where there is room.
    """

    def __init__(self) -> None:
        self._colours: dict[int, str] = {}
        self._sources: dict[tuple[str, int], ColumnDataSource] = {}
        self._known: Sequence[Moment] = ()
        self._rate_axis: Any = None
        self.panel = Flow(sizing_mode="stretch_width", margin=0, gap="0 20px")

    def show(self, moments: Sequence[Moment], serving: Deployment) -> None:
        """Draw what versions answered over time, champion and challenger in their own colours."""
        if moments == self._known:
            return
        self._known = moments
        drawn = colours((moment.version for moment in moments), serving)
        is_new = drawn != self._colours
        self._colours = drawn
        figures = [self._rates(), self._latencies()] if is_new and drawn else []
        unit, factor = rate_of(moment.per_second for moment in moments)
        if self._rate_axis is not None:
            self._rate_axis.axis_label = f"Requests a {unit}"
        ys: dict[str, _Y] = {
            "rate": lambda moment: moment.per_second * factor,
            "p50": lambda moment: None if moment.p50 is None else moment.p50 * _MILLI,
            "p99": lambda moment: None if moment.p99 is None else moment.p99 * _MILLI,
        }
        for (name, version), source in self._sources.items():
            source.data = _data([m for m in moments if m.version == version], ys[name])
        if is_new:  # once they are filled: nothing is told of a figure that the browser does not know yet
            self.panel[:] = figures

    def _rates(self) -> Any:
        self._sources = {}
        made = _axes("Requests a second")
        self._rate_axis = made.yaxis[0]
        for version, colour in self._colours.items():
            self._line(made, "rate", version, colour, label=f"version {version}")
        return _placed(made, title="Requests", name="requests")

    def _latencies(self) -> Any:
        made = _axes("Latency, ms")
        for version, colour in self._colours.items():
            self._line(made, "p99", version, colour, label=f"version {version}, p99")
            self._line(made, "p50", version, colour, label=f"version {version}, p50", dash="dotted")
        return _placed(made, title="Latency: p99, and p50 dotted", name="latency")

    def _line(
        self, made: Any, name: str, version: int, colour: str, *, label: str, dash: str = "solid"
    ) -> None:
        source = self._sources[name, version] = ColumnDataSource(_data((), lambda _: None))
        style = {"color": colour, "legend_label": label}
        made.line("at", "y", source=source, line_width=2, line_dash=dash, **style)
        dots = made.scatter("at", "y", source=source, size=5, fill_alpha=0.9, **style)
        made.add_tools(HoverTool(renderers=[dots], tooltips=[(label, "@y{0.000}"), ("at", "@when")]))


def _axes(y: str) -> Any:
    made = figure(
        x=f"Time ({viewer_zone()})", y=y, height=240, x_axis_type="datetime", tools="pan,box_zoom,reset"
    )
    made.y_range.start = 0
    return made


def _placed(made: Any, *, title: str, name: str) -> Any:
    legend_above(made)
    panel = shown(made, title=title, name=name)
    panel.styles = {"flex": "1 1 340px", "min-width": "0", "max-width": "100%"}
    return panel


def rate_of(per_second: Iterable[float]) -> tuple[str, int]:
    """Return the unit of time in which rates are whole numbers or more, and its seconds."""
    most = max(per_second, default=0.0)
    return next(((unit, seconds) for unit, seconds in _UNITS if most * seconds >= 1), ("day", _DAY))


def _data(moments: Sequence[Moment], y: _Y) -> dict[str, list[Any]]:
    zone = viewer_zone()
    return {
        "at": [moment.at.astimezone(zone).replace(tzinfo=None) for moment in moments],
        "when": [moment_text(moment.at, seconds=True) for moment in moments],
        "y": [float("nan") if (found := y(moment)) is None else found for moment in moments],
    }
