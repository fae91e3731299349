"""The heat map: a row for each column of the data, a column for each window, and the alerts above them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bokeh.models import ColumnDataSource, CustomJSHover, HoverTool, LinearColorMapper, NoOverlap, Range1d

from workbench.dashboards.app.components import figure, html, joined, short
from workbench.dashboards.views.drift.parts import GREY, ORANGE, RED, cut, on_tap, span_text, ticks, wall
from workbench.insight.drift import VERDICTS, DriftMap

if TYPE_CHECKING:
    import numpy as np
    from markupsafe import Markup
    from numpy.typing import NDArray

    from workbench.monitoring.alerts import Alert

_BELOW = (0.25, 0.5, 1.0, 2.0)
_BEYOND = (1.5, 2.0, 4.0, 8.0)
_PASSED = ("#3b6fd414", "#3b6fd426", "#3b6fd440", "#3b6fd461", "#3b6fd485")
_FAILED = ("#f0b04f", "#ec8c3a", "#dd6030", "#c53a31", "#a11d33")
_UNSURE = "#8a92a24d"
_PALETTE = ("#00000000", *_PASSED, _UNSURE, *_FAILED)
_FIRST_FAILED = 2 + len(_PASSED)
_SIGNED = 130  # columns of the map up to which cells are wide enough for a sign
_LABELS = 6  # names of windows below the map
_LONG = timedelta(days=240)  # from which on months name windows, and days before

_COLUMN = 'return names[Math.floor(special_vars.y)] ?? "–"'
_WINDOW = 'return spans[Math.floor(special_vars.x)] ?? "–"'
_SAID = """
const k = Math.floor(special_vars.y) * columns + Math.floor(special_vars.x)
if (!(codes[k] >= 0)) return "not asked"
const far = isNaN(excess[k]) ? "" : " · " + excess[k].toPrecision(3) + " times its limit"
return words[codes[k]] + far
"""


class HeatMap:
    """The figure, and the cell that is marked in it.

    Args:
        found: the numbers.
        rows: the places of the features that are shown, from top to bottom.
        alerts: of the model.
        picked: called with the places of a feature and a window whose cell was clicked.
        alerted: called with the id of an alert that was clicked.

    Attributes:
        figure: Bokeh's.
    """

    def __init__(
        self,
        found: DriftMap,
        rows: Sequence[int],
        alerts: Sequence[Alert],
        picked: Callable[[int, int], None],
        alerted: Callable[[str], None],
    ) -> None:
        self._found, self._picked, self._alerted = found, picked, alerted
        self._rows = list(reversed(rows))  # from bottom to top, as axes go
        self._alerts = _bars(found, alerts)
        self._mark = ColumnDataSource({"x": [], "y": []})
        self.figure = self._framed()
        self._draw_cells()
        self._draw_signs()
        self._draw_alerts()
        self.figure.rect(
            "x",
            "y",
            1,
            1,
            source=self._mark,
            fill_alpha=0,
            line_color="#12151c",
            line_width=4,
            level="overlay",
        )
        self.figure.rect(
            "x",
            "y",
            1,
            1,
            source=self._mark,
            fill_alpha=0,
            line_color="#ffffff",
            line_width=2,
            level="overlay",
        )
        on_tap(self.figure, self._tapped)

    def mark(self, feature: str, position: int, since: datetime | None) -> None:
        """Mark the cell of a feature and a window, if it is shown.

        Args:
            feature: its name.
            position: of the window.
            since: when the window begins; tells the cell that stands for it among others.
        """
        places = [place for place, each in enumerate(self._rows) if self._found.features[each] == feature]
        if not places:
            self._mark.data = {"x": [], "y": []}
            return
        row = self._rows[places[0]]
        columns = [int(number) for number in (self._found.window[row] == position).nonzero()[0]]
        if not columns and since is not None:
            columns = [n for n, w in enumerate(self._found.windows) if w.since <= since < w.until]
        self._mark.data = {"x": [number + 0.5 for number in columns], "y": [places[0] + 0.5 for _ in columns]}

    def _framed(self) -> Any:
        rows, windows = len(self._rows), self._found.windows
        line = 20 if rows <= 40 else 15
        strip = 1.5 if self._alerts else 0.0
        made = figure(
            height=int(line * (rows + strip)) + 64,
            tools="xpan,xbox_zoom,reset",
            x_range=Range1d(0, max(len(windows), 1), bounds=(0, max(len(windows), 1))),
            y_range=Range1d(0, rows + strip),
            min_border_left=4,
        )
        made.toolbar.active_drag = None
        names = [cut(self._found.features[row]) for row in self._rows]
        heads = ["Alerts"] if self._alerts else []
        ticks(
            made.yaxis,
            [place + 0.5 for place in range(rows)] + [rows + 0.9 for _ in heads],
            [*names, *heads],
        )
        step = max(1, -(-len(windows) // _LABELS))
        shown = range(0, len(windows), step)
        long = len(windows) > 1 and windows[-1].until - windows[0].since > _LONG
        form = "%b %Y" if long else "%d %b"
        labels = [f"{wall(windows[place].since):{form}}" for place in shown]
        made.xaxis.major_label_policy = NoOverlap(min_distance=8)
        ticks(made.xaxis, [place + 0.5 for place in shown], labels)
        for axis in (*made.xaxis, *made.yaxis):
            axis.axis_line_color = axis.major_tick_line_color = axis.minor_tick_line_color = None
        made.xgrid.visible = made.ygrid.visible = False
        made.outline_line_color = None
        return made

    def _draw_cells(self) -> None:
        import numpy as np

        codes = self._found.verdict[self._rows]
        far = self._found.excess[self._rows]
        size = {"dw": [len(self._found.windows)], "dh": [len(self._rows)]}
        source = ColumnDataSource({"image": [_colours(codes, far)], "x": [0], "y": [0], **size})
        mapper = LinearColorMapper(palette=list(_PALETTE), low=-0.5, high=len(_PALETTE) - 0.5)
        cells = self.figure.image("image", "x", "y", "dw", "dh", source=source, color_mapper=mapper)
        if len(self._found.windows) <= _SIGNED:
            self._draw_gaps()
        # numbers travel as arrays and each name once, however many cells there are
        told = {
            "columns": len(self._found.windows),
            "codes": codes.ravel(),
            "excess": far.astype(np.float32).ravel(),
            "words": [f"{verdict.mark} {_WORDS[verdict.value]}" for verdict in VERDICTS],
        }
        names = [self._found.features[row] for row in self._rows]
        spans = [_span(window) for window in self._found.windows]
        asked = {
            "$y": CustomJSHover(args={"names": names}, code=_COLUMN),
            "$x": CustomJSHover(args={"spans": spans}, code=_WINDOW),
            "@image": CustomJSHover(args=told, code=_SAID),
        }
        tips = [("column", "$y{custom}"), ("window", "$x{custom}"), ("", "@image{custom}")]
        self.figure.add_tools(HoverTool(renderers=[cells], tooltips=tips, formatters=asked))

    def _draw_gaps(self) -> None:
        """Draw thin lines between cells, so that each is seen as one."""
        rows, columns = len(self._rows), len(self._found.windows)
        lines = {"line_color": "#8a92a2", "line_alpha": 0.28, "line_width": 0.6}
        across, down = list(range(columns + 1)), list(range(rows + 1))
        self.figure.segment(across, [0] * len(across), across, [rows] * len(across), **lines)
        self.figure.segment([0] * len(down), down, [columns] * len(down), down, **lines)

    def _draw_signs(self) -> None:
        if len(self._found.windows) > _SIGNED:
            return
        codes = self._found.verdict[self._rows]
        wide = 9 if len(self._found.windows) <= 60 else 6
        for code, marker in ((2, "x"), (1, "circle")):
            y, x = (codes == code).nonzero()
            self.figure.scatter(
                x + 0.5,
                y + 0.5,
                marker=marker,
                size=wide if code == 2 else wide - 3,
                fill_alpha=0,
                line_color="#ffffff" if code == 2 else GREY,
                line_width=1.8 if code == 2 else 1.4,
            )

    def _draw_alerts(self) -> None:
        if not self._alerts:
            return
        top = len(self._rows)
        source = ColumnDataSource(
            {
                "left": [bar[0] for bar in self._alerts],
                "right": [bar[1] for bar in self._alerts],
                "colour": [RED if bar[2].severity == "critical" else ORANGE for bar in self._alerts],
                "alpha": [0.9 if bar[2].state.is_open else 0.4 for bar in self._alerts],
                "alert": [bar[2].id for bar in self._alerts],
                "state": [f"{bar[2].severity}, {bar[2].state.value}" for bar in self._alerts],
                "span": [span_text(bar[2].since, bar[2].until) for bar in self._alerts],
            }
        )
        bars = self.figure.quad(
            "left", "right", top + 1.25, top + 0.55, source=source, color="colour", alpha="alpha"
        )
        tips = [("alert", "@alert"), ("", "@state"), ("failing", "@span")]
        self.figure.add_tools(HoverTool(renderers=[bars], tooltips=tips))

    def _tapped(self, x: float, y: float) -> None:
        row, number = int(y // 1), int(x // 1)
        if 0 <= row < len(self._rows) and 0 <= number < len(self._found.windows):
            self._picked(self._rows[row], number)
        elif row >= len(self._rows):
            hit = next((bar[2].id for bar in self._alerts if bar[0] <= x <= bar[1]), None)
            if hit is not None:
                self._alerted(hit)


def key() -> Markup:
    """Return what colours and signs mean, in words."""

    def ramp(colours: Sequence[str], sign: str = "") -> Markup:
        boxes = (html('<i style="background:{colour}">{sign}</i>', colour=c, sign=sign) for c in colours)
        return html('<span class="ramp" aria-hidden="true">{boxes}</span>', boxes=joined(boxes))

    return html(
        '<div class="key"><span>{passed} passed: darker is nearer to its limit</span>'
        "<span>{failed} ✗ drifted: {least} to {most} times its limit and more</span>"
        "<span>{unsure} ○ not enough evidence</span><span>blank: not asked</span></div>",
        passed=ramp(_PASSED),
        failed=ramp(_FAILED, "✗"),
        least=short(1.0),
        most=short(_BEYOND[-1]),
        unsure=ramp((_UNSURE,)),
    )


_WORDS = {"pass": "passed", "fail": "drifted", "inconclusive": "not enough evidence"}


def _colours(codes: NDArray[np.int8], far: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the palette's place of each cell."""
    import numpy as np

    known = np.nan_to_num(far, nan=0.0)
    passed = 1 + np.searchsorted(_BELOW, known, side="right")
    failed = _FIRST_FAILED + np.searchsorted(_BEYOND, known, side="right")
    places = np.select([codes == 0, codes == 1, codes == 2], [passed, 1 + len(_PASSED), failed], 0)
    return places.astype(np.uint8)


def _span(window: Any) -> str:
    said = span_text(window.since, window.until)
    if window.windows > 1:
        said += f", the worst of {window.windows} windows"
    return said


def _bars(found: DriftMap, alerts: Sequence[Alert]) -> list[tuple[float, float, Alert]]:
    """Return where alerts lie above the columns of the map: from the first window that failed to the last."""
    begins, ends = [w.since for w in found.windows], [w.until for w in found.windows]
    bars = []
    for alert in alerts:
        left, right = bisect_right(ends, alert.since), bisect_left(begins, alert.until)
        if left < right:
            bars.append((left + 0.06, right - 0.06, alert))
    return bars
