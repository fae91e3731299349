"""The tab of the map: the heat map, the chosen cell beside it, and the window's columns as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn

from workbench.dashboards.app.components import (
    Checkbox,
    Column,
    Flow,
    Live,
    Select,
    TextInput,
    empty_state,
    export_button,
    heading,
    shown,
    table,
)
from workbench.dashboards.views.drift.cell import explained, through_time
from workbench.dashboards.views.drift.heat_map import HeatMap, key
from workbench.dashboards.views.drift.parts import FIELD, beside, column, span_text, styled, with_csv
from workbench.errors import UnknownNameError
from workbench.insight.drift import (
    DriftCell,
    DriftMap,
    DriftSeries,
    alerts,
    column_drift,
    drift_cell,
    drift_map,
    window_columns,
)
from workbench.insight.drift.map import EACH, GROUPINGS, WEEK
from workbench.insight.drift.scale import excess, method_name

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.dashboards.views.drift.choice import Choice
    from workbench.insight import Store

_AT_FIRST = 25  # rows
_WIDE = 120  # windows that are each a column at first; of more, a column is a week
_EVERY = {"each window": EACH, "weeks": WEEK, "months": "month"}
_FARTHEST, _BY_NAME, _AS_TRAINED = "farthest first", "by name", "as training saw them"
_COLUMNS = (
    Column("column", "Column", width=120),
    Column("verdict", "Verdict", width=100),
    Column("far", "Times its limit", "number", digits=2),
    Column("score", "Score", "number", digits=4),
    Column("limit", "Limit", "number", digits=3),
    Column("method", "Method", width=175),
    Column("note", "What is seen", width=320),
)
_SAID = {"pass": "✓ stable", "fail": "✗ drifted", "inconclusive": "? not known"}


class Mapping:
    """The tab.

    Args:
        store: of the project.
        person: who looks.
        location: whose query holds what is shown.
        model: its name.
        choice: the window and the column.
        alerted: called with the id of an alert that was clicked.

    Attributes:
        panel: all of it.
    """

    def __init__(
        self,
        store: Store,
        person: Person,
        location: Location,
        choice: Choice,
        alerted: Callable[[str], None],
    ) -> None:
        self._store, self._person, self._choice, self._alerted = store, person, choice, alerted
        self._model = choice.model
        self._drawn: HeatMap | None = None
        self._fields(location)
        self._map: Live[Any] = Live(store, self._read_map, self._draw_map, "monitoring", "alert", later=600)
        self._cell: Live[Any] = Live(store, self._read_cell, _draw_cell, "monitoring")
        self._history: Live[Any] = Live(
            store, self._read_history, self._draw_history, "monitoring", later=260
        )
        self._table: Live[Any] = Live(store, self._read_table, self._draw_table, "monitoring")
        for widget in (self.every, self.order, self.whole):
            widget.param.watch(lambda _: self._map.refresh(), "value")
        self.search.param.watch(lambda _: self._map.refresh(), "value")
        choice.watch(self._chosen, feature=True)
        choice.window.param.watch(lambda _: self._table.refresh(), "value")
        choice.feature.param.watch(lambda _: self._history.refresh(), "value")
        left = column(
            Flow(self.search, self.every, self.order, self.whole, sizing_mode="stretch_width", margin=0),
            self._map.panel,
            styled(key()),
        )
        right = column(
            Flow(choice.feature, sizing_mode="stretch_width", margin=0),
            self._cell.panel,
            pn.Spacer(height=14),
            self._history.panel,
        )
        self.panel = column(
            beside(left, right, shares=(3, 2), least=440), pn.Spacer(height=20), self._table.panel
        )

    def _fields(self, location: Location) -> None:
        many = len(self._choice.map().windows) > _WIDE
        self.search = TextInput(label="Find columns", width=130, margin=FIELD)
        self.every = Select(
            label="A column is", options=_EVERY, value=WEEK if many else EACH, width=125, margin=FIELD
        )
        self.order = Select(
            label="Order",
            options=[_FARTHEST, _BY_NAME, _AS_TRAINED],
            value=_FARTHEST,
            width=160,
            margin=FIELD,
        )
        self.whole = Checkbox(label="all columns", margin=(20, 0, 4, 0))
        for widget, name in ((self.every, "every"), (self.order, "order"), (self.whole, "all")):
            location.bind(widget, name)
        location.bind(self.search, "find")

    def _read_map(self) -> Any:
        every = self.every.value if self.every.value in GROUPINGS else EACH
        found = drift_map(self._store, self._person, self._model, every=every)
        return (
            found,
            alerts(self._store, self._person, self._model),
            (self.search.value or "").casefold(),
            self.order.value,
            bool(self.whole.value),
        )

    def _draw_map(self, found: Any) -> Any:
        numbers, fired, search, order, whole = found
        self._choice.follow()
        rows = [row for row in _ordered(numbers, order) if search in numbers.features[row].casefold()]
        left = 0 if whole else len(rows) - _AT_FIRST
        if not rows:
            self._drawn = None
            return _nothing(numbers, search)

        def picked(row: int, number: int) -> None:
            self._choice.pick(numbers.features[row], int(numbers.window[row, number]))

        self._drawn = HeatMap(numbers, rows if whole else rows[:_AT_FIRST], fired, picked, self._alerted)
        self._mark()
        more = f" {left} more columns are left out." if left > 0 else ""
        return self._shown(numbers, more)

    def _shown(self, numbers: DriftMap, more: str) -> Any:
        assert self._drawn is not None
        made = shown(
            self._drawn.figure,
            title="How far each column is from what training saw",
            name="drift",
            note=f"A click explains a cell.{more}",
        )
        return with_csv(made, lambda: map_frame(numbers), "drift")

    def _chosen(self) -> None:
        self._mark()
        self._cell.refresh()

    def _mark(self) -> None:
        if self._drawn is not None:
            self._drawn.mark(self._choice.feature.value, self._choice.position, self._choice.since)

    def _read_cell(self) -> DriftCell | None:
        feature = self._choice.feature.value or ""
        try:
            return drift_cell(self._store, self._person, self._model, self._choice.position, feature)
        except UnknownNameError:
            return None

    def _read_history(self) -> DriftSeries:
        return column_drift(self._store, self._person, self._model, self._choice.feature.value or "")

    def _draw_history(self, series: DriftSeries) -> Any:
        drawn = through_time(series, self._choice.pick_window)
        return column() if drawn is None else drawn

    def _read_table(self) -> Any:
        return window_columns(self._store, self._person, self._model, self._choice.position)

    def _draw_table(self, checks: Any) -> Any:
        if not checks:
            return column()
        frame = pd.DataFrame(
            {
                "column": [check.name for check in checks],
                "verdict": [_SAID[check.verdict.value] for check in checks],
                "far": [excess(check.value, check.limit, check.method) for check in checks],
                "score": [check.value for check in checks],
                "limit": [check.limit for check in checks],
                "method": [method_name(check.method) for check in checks],
                "note": [check.note for check in checks],
            }
        )
        made = table(
            frame,
            _COLUMNS,
            name="Columns of the window",
            page_size=10,
            on_row=lambda row: self._choice.pick(checks[row].name, self._choice.position),
        )
        title = heading("All columns of this window", level=3, note="a click explains one")
        export = export_button(lambda: frame, "columns")
        return column(pn.Row(title, export, sizing_mode="stretch_width", margin=0), made)


def _draw_cell(cell: DriftCell | None) -> Any:
    if cell is None:
        return empty_state("Not asked in this window", "Choose another window, or a cell of the map.")
    return explained(cell)


def map_frame(found: DriftMap) -> pd.DataFrame:
    """Return the map as a table, a row for each cell that was asked about."""
    rows = [
        {
            "column": name,
            "since": window.since.isoformat(),
            "until": window.until.isoformat(),
            "verdict": verdict.value,
            "score": float(found.score[row, number]),
            "limit": float(found.limit[row, number]),
            "times_its_limit": float(found.excess[row, number]),
        }
        for row, name in enumerate(found.features)
        for number, window in enumerate(found.windows)
        if (verdict := found.verdict_of(row, number)) is not None
    ]
    return pd.DataFrame(rows)


def _ordered(found: DriftMap, order: str) -> list[int]:
    if order == _FARTHEST:
        return found.worst_first()
    places = list(range(len(found.features)))
    return sorted(places, key=lambda place: found.features[place].casefold()) if order == _BY_NAME else places


def _nothing(found: DriftMap, search: str) -> Any:
    if search:
        return empty_state("No column has such a name", "Take out a word above.")
    last = found.windows[-1]
    return empty_state(
        "No column could be compared",
        f"{span_text(last.since, last.until)}: {last.doubt or 'the windows asked about no column'}. Save the "
        "model with what it was trained on: stage.save(…, reference=wb.reference(…)).",
    )
