"""One metric of the runs that the filters leave, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, OpenURL, TapTool

from workbench.dashboards.app.components import (
    Checkbox,
    Flow,
    Live,
    Select,
    begin,
    empty_state,
    figure,
    legend_above,
    shown,
    viewer_zone,
)
from workbench.dashboards.app.theme import COLOURS
from workbench.insight.experiments import Measured, known, metric_over_time

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.dashboards.views.experiments.filters import Filters
    from workbench.insight import Store

_NOTE = "Each point is a run that measured it; a click opens the run."
_MOST = 2000  # points


class OverTime:
    """The figure, and what chooses the metric.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location, filters: Filters) -> None:
        metrics = list(known(store, person).metrics)
        self.metric = Select(label="Metric", options=metrics, width=320)
        self.reused = Checkbox(label="also what was reused", margin=(20, 8, 4, 8))
        location.bind(self.metric, "metric")
        location.bind(self.reused, "reused")

        def read() -> tuple[Measured, ...]:
            metrics = list(known(store, person).metrics)
            offered = list(dict.fromkeys([*self.metric.options, *metrics]))
            if offered != self.metric.options:
                self.metric.options = offered
                begin(self.metric, self.metric.value or offered[0])
            return metric_over_time(
                store, person, self.metric.value or "", filters.query, reused=self.reused.value
            )

        live: Live[tuple[Measured, ...]] = Live(store, read, self._draw, "run")
        filters.watch(live.refresh)
        for widget in (self.metric, self.reused):
            widget.param.watch(lambda _: live.refresh(), "value")
        self.panel = pn.Column(
            Flow(self.metric, self.reused, sizing_mode="stretch_width", margin=0),
            live.panel,
            sizing_mode="stretch_width",
            margin=0,
        )

    def _draw(self, found: tuple[Measured, ...]) -> Any:
        metric = self.metric.value
        if not found:
            return empty_state(
                "Nothing was measured", "No run that the filters leave has this metric of its own."
            )
        left, found = len(found[:-_MOST]), found[-_MOST:]
        made = figure(
            x=f"Started ({viewer_zone()})",
            y=metric,
            height=380,
            x_axis_type="datetime",
            tools="pan,box_zoom,reset",
        )
        pipelines = list(dict.fromkeys(one.pipeline for one in found))
        for number, pipeline in enumerate(pipelines):
            _line(made, [one for one in found if one.pipeline == pipeline], COLOURS[number % len(COLOURS)])
        made.add_tools(
            HoverTool(
                tooltips=[
                    ("run", "@run"),
                    ("stage", "@entry"),
                    ("started", "@at{%F %H:%M}"),
                    (metric.rpartition("/")[2], "@value{0.00000}"),
                    ("outcome", "@outcome"),
                ],
                formatters={"@at": "datetime"},
            ),
            TapTool(callback=OpenURL(url="./experiments?run=@run", same_tab=True)),
        )
        legend_above(made)
        return shown(made, title=f"{metric} over time", name="metric", note=_note(left))


def _note(left: int) -> str:
    return _NOTE + (f" {left} older points are left out: choose days to see them." if left else "")


def _line(made: Any, found: list[Measured], colour: str) -> None:
    import numpy as np

    zone = viewer_zone()
    began = [one.at.astimezone(zone).replace(tzinfo=None) for one in found]
    source = ColumnDataSource(
        {
            "at": np.array(began, dtype="datetime64[ms]"),
            "value": np.array([one.value for one in found]),
            "run": [one.run for one in found],
            "entry": [one.entry for one in found],
            "outcome": [one.outcome for one in found],
        }
    )
    label = found[0].pipeline
    made.line("at", "value", source=source, color=colour, alpha=0.35, legend_label=label)
    made.scatter("at", "value", source=source, color=colour, size=7, alpha=0.85, legend_label=label)
