"""Drift as people look into it: the map, one column in one window, and how good the answers were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.errors import WorkbenchError
from workbench.insight.drift import GROUPINGS, DriftMap
from workbench.widgets.drift.heat import ROWS, heat
from workbench.widgets.drift.picture import distributions, metric_line
from workbench.widgets.drift.words import day, in_words
from workbench.widgets.parts import block, chip, frame, html, joined, notice
from workbench.widgets.parts.clicks import clicks
from workbench.widgets.parts.table import Pager
from workbench.widgets.parts.tiles import legend

if TYPE_CHECKING:
    from markupsafe import Markup

    from workbench.widgets.drift.widget import Drift

_WORDS = {"window": "each window", "week": "weeks, the worst of each", "month": "months, the worst of each"}


class View:
    """Draws a model's drift.

    Args:
        drift: whose it is.
    """

    def __init__(self, drift: Drift) -> None:
        self._drift = drift
        self._is_drawing = False
        self._seen: tuple[DriftMap | None, int] = (None, 0)
        self._page = 0
        self._head, self._map, self._cell, self._line = (block() for _ in range(4))
        self._pager = Pager(self._turned, ROWS)
        self._every = ipywidgets.Dropdown(
            description="Columns of", options=[(_WORDS[each], each) for each in GROUPINGS]
        )
        self._feature = ipywidgets.Dropdown(description="Column")
        self._window = ipywidgets.SelectionSlider(description="Window", options=[("–", 0)])
        self._window.layout.width = "460px"
        self._metric = ipywidgets.Dropdown(description="Metric")
        self._feature.observe(self._chose, "value")
        self._window.observe(self._chose, "value")
        self._every.observe(self._chose, "value")
        self._metric.observe(self._chose, "value")
        chosen = ipywidgets.HBox([self._feature, self._window], layout={"flex_flow": "row wrap"})
        self._parts = [self._every, self._map, self._pager, chosen, self._cell, self._metric, self._line]
        clicked = clicks(self._clicked)
        self.panel = frame(self._head, *self._parts, clicked, title=f"Drift of {drift.model}")
        self.draw()

    def follow(self) -> None:
        """Show what is new, when anything is."""
        drift = self._drift
        found, alerts = self._seen
        if found is not drift.map or alerts != drift.summary.open_alerts:
            self.draw()

    def draw(self, _change: object = None) -> None:
        """Show what is known now."""
        try:
            self._draw()
        except WorkbenchError as error:
            self._head.value = notice(error)

    def _draw(self) -> None:
        found = self._drift.map
        self._seen = (found, self._drift.summary.open_alerts)
        self._drift.settle()
        for part in self._parts:
            part.layout.display = None if found.windows else "none"
        if not found.windows:
            self._head.value = notice(self._drift.text(), "quiet")
            return
        self._head.value = _head(self._drift)
        order = found.worst_first()
        self._is_drawing = True
        self._offer(found, order)
        self._is_drawing = False
        self._page = self._pager.show(self._page, len(order))
        shown = order[self._page * ROWS : (self._page + 1) * ROWS]
        self._map.value = heat(found, shown, self._place(found)) + legend(
            [
                ("bad", "drifted, with a dot"),
                ("warn", "in doubt"),
                ("brand", "stable; the fainter, the more alike"),
            ]
        )
        self._cell.value = self._looked_into()
        metric = self._metric.value or ""
        self._line.value = (
            metric_line(self._drift.performance.of(metric), metric, self._drift.window) if metric else ""
        )

    def _offer(self, found: DriftMap, order: list[int]) -> None:
        drift = self._drift
        self._every.value = drift.every
        names = tuple(found.features[place] for place in order)
        if tuple(self._feature.options) != names:
            self._feature.options = names
        self._feature.value = drift.feature or None
        options = [(day(window.since), number) for number, window in enumerate(found.windows)]
        if tuple(self._window.options) != tuple(options):
            self._window.options = options
        place = self._place(found)
        self._window.value = place[1] if place is not None else len(options) - 1
        metrics = drift.performance.metrics
        if tuple(self._metric.options) != metrics:
            self._metric.options = metrics
            self._metric.value = drift.performance.metric or None

    def _place(self, found: DriftMap) -> tuple[int, int] | None:
        """Return where the chosen column and window stand on the map."""
        drift = self._drift
        if drift.feature not in found.features:
            return None
        feature = found.features.index(drift.feature)
        for number, window in enumerate(found.windows):
            if drift.window in (int(found.window[feature, number]), window.position):
                return feature, number
        return None

    def _chose(self, change: dict[str, Any]) -> None:
        if self._is_drawing:
            return
        drift, owner = self._drift, change["owner"]
        if owner is self._feature:
            self._page = 0 if change["new"] is None else self._page_of(change["new"])
            drift.feature = change["new"]
        elif owner is self._window:
            found = drift.map
            drift.window = int(found.window[found.features.index(drift.feature), change["new"]])
        elif owner is self._every:
            drift.every = change["new"]
        else:
            self.draw()

    def _clicked(self, place: str) -> None:
        """Look into the column and the window of a cell of the map."""
        drift, found = self._drift, self._drift.map
        try:
            feature, number = map(int, place.split(":"))
            name, window = found.features[feature], int(found.window[feature, number])
        except (ValueError, IndexError):  # the map has changed since
            return
        drift.feature, drift.window = name, window

    def _page_of(self, feature: str) -> int:
        found = self._drift.map
        return found.worst_first().index(found.features.index(feature)) // ROWS

    def _turned(self, page: int) -> None:
        self._page = page
        self.draw()

    def _looked_into(self) -> Markup:
        cell = self._drift.cell
        if cell is None:
            words = f"{self._drift.feature or 'No column'} was not asked about in that window."
            return notice(words, "quiet")
        words = html("<p>{chip} {words}</p>", chip=chip(cell.verdict.value), words=in_words(cell))
        return words + distributions(cell)


def _head(drift: Drift) -> Markup:
    brief = drift.summary
    answers = joined(
        html(
            '<span title="{reason}">{question}: {chip}</span>',
            question=answer.question,
            reason=answer.reason,
            chip=chip(answer.verdict.value if answer.verdict else "", answer.words),
        )
        for answer in brief.answers
    )
    number = brief.open_alerts
    said = f"{number} open alert{'s' if number != 1 else ''}"
    alerts = html('<span class="wb-bad">{said}</span>', said=said) if number else ""
    return html(
        '<div class="wb-quiet">{windows:,} windows; in the last one</div>'
        '<div class="wb-legend">{answers}{alerts}</div>',
        windows=brief.windows,
        answers=answers,
        alerts=alerts,
    )
