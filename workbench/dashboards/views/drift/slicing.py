"""The tab of slices: for whom a window's answers were good, and for whom not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, Range1d, Span

from workbench.dashboards.app.components import (
    NOTHING,
    Live,
    Select,
    chip,
    empty_state,
    export_button,
    figure,
    html,
    number,
    of_verdict,
    short,
    shown,
)
from workbench.dashboards.views.drift.parts import (
    BLUE,
    GREY,
    RED,
    beside,
    column,
    cut,
    limit_line,
    listing,
    on_tap,
    span_text,
    styled,
    ticks,
    wall,
    whiskers,
)
from workbench.insight.drift import Grouping, SlicePoint, SliceResult, better, slice_over_time, slices
from workbench.registry.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.dashboards.views.drift.choice import Choice
    from workbench.insight import Store

_LINE = 24  # pixels of a slice
_LOOKS: dict[Verdict, dict[str, Any]] = {
    Verdict.PASS: {"marker": "circle", "size": 8, "color": BLUE},
    Verdict.FAIL: {"marker": "x", "size": 11, "line_width": 3, "color": RED},
    Verdict.INCONCLUSIVE: {"marker": "circle", "size": 8, "fill_alpha": 0, "line_color": BLUE},
}


class Slicing:
    """The tab.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location, choice: Choice) -> None:
        self._store, self._person, self._choice, self._location = store, person, choice, location
        self.slice = Select(label="Slice over time", options=[""], value="", width=260, margin=(4, 0))
        self._begin = location.get("slice")
        self.slice.param.watch(lambda event: location.set(slice=event.new or None), "value")
        self._live: Live[Any] = Live(store, self._read, self._draw, "monitoring")
        self._line: Live[Any] = Live(store, self._read_line, self._draw_line, "monitoring")
        choice.watch(self._live.refresh)
        self.slice.param.watch(lambda _: self._line.refresh(), "value")
        self.panel = column(self._live.panel, pn.Spacer(height=8), self.slice, self._line.panel)

    def _read(self) -> Any:
        return slices(self._store, self._person, self._choice.model, self._choice.position)

    def _draw(self, found: tuple[Grouping, ...]) -> Any:
        names = [result.name for grouping in found for result in grouping.results]
        self.slice.visible = bool(names)
        kept = self._begin or self.slice.value
        self.slice.options = names or [""]
        self.slice.value = kept if kept in names else (names or [""])[0]
        if self._begin and self._begin not in names:
            self._location.stray("slice", self._begin)
        self._begin = ""
        if not found:
            return empty_state(
                "Rows are not grouped in this window",
                "Its truths are not known, or workbench.toml names no column to group them by.",
                f'[models.{self._choice.model}.monitoring]\nslices = ["…"]\nfairness = ["…"]',
            )
        parts = [self._grouping(grouping) for grouping in found]
        export = export_button(lambda: _frame(found), "slices")
        title = styled(_title(found))
        return column(
            pn.Row(title, export, sizing_mode="stretch_width", margin=0),
            beside(*parts, shares=[1] * len(parts), least=440),
        )

    def _grouping(self, grouping: Grouping) -> pn.Column:
        return column(
            _forest(grouping, lambda name: setattr(self.slice, "value", name)), styled(_results(grouping))
        )

    def _read_line(self) -> Any:
        return self.slice.value, slice_over_time(
            self._store, self._person, self._choice.model, self.slice.value or ""
        )

    def _draw_line(self, found: Any) -> Any:
        name, points = found
        known = [point for point in points if point.value is not None]
        return _over_time(name, known) if len(known) > 1 else column()


def _title(found: Sequence[Grouping]) -> Any:
    fair = [grouping for grouping in found if grouping.fairness]
    said = "Each against its limit" if len(fair) < len(found) else ""
    held = "fairness groups against all the other rows" if fair else ""
    note = "; ".join(part for part in (said, held) if part)
    return html('<h3>Slices and fairness groups</h3><p class="quiet">{note}.</p>', note=note)


def _forest(grouping: Grouping, picked: Callable[[str], None]) -> pn.Column:
    """Return a line for each slice: its value, its interval, the limit, and all rows' value."""
    results = [result for result in reversed(grouping.results) if result.value is not None]
    made = figure(
        x=f"{grouping.metric} ({better(grouping.metric)})",
        height=_LINE * len(results) + 76,
        tools="reset",
        y_range=Range1d(0, max(len(results), 1)),
    )
    places = [place + 0.5 for place in range(len(results))]
    for verdict, look in _LOOKS.items():
        mine = [(y, result) for y, result in zip(places, results, strict=True) if result.verdict is verdict]
        if mine:
            _draw(made, mine, look)
    ticks(made.yaxis, places, [cut(result.value_name or NOTHING, 16) for result in results])
    if grouping.overall is not None:
        made.add_layout(Span(location=grouping.overall, dimension="height", line_color=GREY, line_width=1.5))
    limit = next((result.limit for result in results if result.limit is not None), None)
    if limit is not None and not grouping.fairness:
        made.scatter([limit], [0], alpha=0)  # so that the limit is in sight
        limit_line(made, limit, dimension="height")
    tips = [
        (grouping.column[:40], "@name"),
        (grouping.metric, "@value"),
        ("interval", "@interval"),
        ("rows", "@rows"),
        ("", "@said"),
    ]
    made.add_tools(HoverTool(renderers=made.select(name="points"), tooltips=tips))
    made.ygrid.visible = False
    on_tap(made, lambda _x, y: picked(results[int(y)].name) if 0 <= y < len(results) else None)
    what = "fairness groups" if grouping.fairness else "slices"
    note = "Grey: all rows."
    if limit is not None:
        held = f"Each may be at most {abs(limit):g} from all the others."
        note += f" {held}" if grouping.fairness else " Dashed: the limit."
    return shown(
        made, title=f"{grouping.column}: {what}", name="slices", note=f"{note} A click shows one over time."
    )


def _draw(made: Any, results: Sequence[tuple[float, SliceResult]], look: dict[str, Any]) -> None:
    source = ColumnDataSource(
        {
            "y": [y for y, _ in results],
            "x": [result.value for _, result in results],
            "lower": [result.value if result.lower is None else result.lower for _, result in results],
            "upper": [result.value if result.upper is None else result.upper for _, result in results],
            "name": [result.value_name for _, result in results],
            "value": [short(result.value, digits=4) for _, result in results],
            "interval": [_interval(result) for _, result in results],
            "rows": [short(result.rows) for _, result in results],
            "said": [f"{result.verdict.mark} {result.note}" for _, result in results],
        }
    )
    colour = look.get("color") or look["line_color"]
    made.segment("lower", "y", "upper", "y", source=source, color=colour, line_width=1.6)
    made.scatter("x", "y", source=source, name="points", **look)


def _results(grouping: Grouping) -> Any:
    """Return those that need a word: what failed or is in doubt."""
    told = [result for result in grouping.results if result.verdict is not Verdict.PASS]
    if not told:
        return html(
            '<p class="quiet">{chip} all {count}</p>',
            chip=chip(of_verdict(Verdict.PASS)),
            count=len(grouping.results),
        )
    heads = (grouping.column, "Verdict", grouping.metric, "Why")
    rows = (
        (result.value_name or NOTHING, chip(of_verdict(result.verdict)), number(result.value), result.note)
        for result in told
    )
    return listing(heads, rows, name=f"{grouping.column}: what failed or is in doubt")


def _over_time(name: str, points: Sequence[SlicePoint]) -> pn.Column:
    made = figure(y=name.rpartition(" ")[2], height=240, x_axis_type="datetime", tools="xpan,xbox_zoom,reset")
    source = ColumnDataSource(
        {
            "x": [wall(point.since) for point in points],
            "y": [point.value for point in points],
            "lower": [point.value if point.lower is None else point.lower for point in points],
            "upper": [point.value if point.upper is None else point.upper for point in points],
            "verdict": [point.verdict.value for point in points],
            "span": [span_text(point.since, point.until) for point in points],
            "value": [short(point.value, digits=4) for point in points],
            "said": [f"{point.verdict.mark} {point.note}" for point in points],
        }
    )
    made.line("x", "y", source=source, color=BLUE, line_width=1.4)
    whiskers(made, source, BLUE)
    limit = points[-1].limit
    if limit is not None:
        limit_line(made, limit)
    tips = [("window", "@span"), ("value", "@value"), ("", "@said")]
    made.add_tools(HoverTool(renderers=made.select(name="points"), tooltips=tips))
    return shown(made, title=f"{name}, window by window", name="slice", note="✗ failed, hollow: in doubt.")


def _interval(result: SliceResult) -> str:
    if result.lower is None or result.upper is None:
        return NOTHING
    return f"{short(result.lower)} to {short(result.upper)}"


def _frame(found: Sequence[Grouping]) -> pd.DataFrame:
    rows = [
        {
            "column": grouping.column,
            "value": result.value_name,
            "kind": "fairness" if grouping.fairness else "slice",
            "metric": result.metric,
            "measured": result.value,
            "lower": result.lower,
            "upper": result.upper,
            "limit": result.limit,
            "apart": result.apart,
            "rows": result.rows,
            "verdict": result.verdict.value,
            "note": result.note,
        }
        for grouping in found
        for result in grouping.results
    ]
    return pd.DataFrame(rows)
