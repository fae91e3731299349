"""What a page shows of runs: filters, twenty rows, and the buttons below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.errors import WorkbenchError
from workbench.widgets.parts import block, frame, html, notice
from workbench.widgets.parts.table import Pager, page_html
from workbench.widgets.runs.columns import FACTS, columns

if TYPE_CHECKING:
    from workbench.widgets.runs.widget import Runs

PAGE = 20
_ALL = "all"
_LEAST, _MOST = 2, 5  # runs that can be compared


class View:
    """The parts of the page, and what a person does with them.

    Attributes:
        root: all of it.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._page = 0
        self._is_drawing = False
        self._query = ipywidgets.Text(
            value=runs.query,
            description="Find",
            placeholder="words, auc>0.7, train.objective=binary",
            continuous_update=False,
            layout={"width": "360px"},
            style={"description_width": "40px"},
        )
        self._pipeline, self._outcome = _choice("Pipeline"), _choice("Outcome")
        self._sort = _choice("Sort by", "250px")
        self._order = ipywidgets.ToggleButton(tooltip="Turn the order round", layout={"width": "130px"})
        self._picks = [ipywidgets.Checkbox(indent=False) for _ in range(PAGE)]
        self._table, self._said, self._compared = block(), block(), ipywidgets.VBox()
        self._pager = Pager(self._turned, PAGE)
        self._compare = ipywidgets.Button(description="Compare", button_style="primary")
        self._clear = ipywidgets.Button(description="Choose none")
        picks = ipywidgets.VBox(
            [block(html('<span class="wb-quiet">run</span>'), "wb-pick-head"), *self._picks]
        )
        picks.add_class("wb-picks")
        table = ipywidgets.HBox([picks, self._table])
        table.add_class("wb-runs")
        self.root = frame(
            _row(self._query, self._pipeline, self._outcome, self._sort, self._order),
            table,
            _row(self._pager, self._compare, self._clear),
            self._said,
            self._compared,
            title="Runs",
        )
        self._listen()
        self.redraw()

    def redraw(self) -> None:
        """Show what is known now; may be called from any thread."""
        self._is_drawing = True
        try:
            self._draw()
        except WorkbenchError as error:
            self._said.value = notice(error)
        finally:
            self._is_drawing = False

    def _draw(self) -> None:
        runs, found = self._runs, self._runs.find()
        self._offer()
        self._page = self._pager.show(self._page, len(found))
        page = found[self._page * PAGE : (self._page + 1) * PAGE]
        self._table.value = page_html(page, columns(runs.shown()), empty=runs.nothing())
        for place, pick in enumerate(self._picks):
            pick.layout.display = None if place < len(page) else "none"
            if place < len(page):
                pick.description, pick.value = page[place].id, page[place].id in runs.selected
        count = len(runs.selected)
        self._compare.description = f"Compare {count}" if count else "Compare"
        self._compare.disabled = not _LEAST <= count <= _MOST
        self._compare.tooltip = f"Choose {_LEAST} to {_MOST} runs"
        self._clear.disabled = not count

    def _offer(self) -> None:
        runs, known = self._runs, self._runs.known()
        _offer(self._pipeline, known.pipelines, runs.pipeline)
        _offer(self._outcome, known.outcomes, runs.outcome)
        values = [*FACTS, *known.metrics, *known.parameters]
        if list(self._sort.options) != values:
            self._sort.options = values
        self._sort.value = runs.sort
        self._query.value = runs.query
        self._order.value = not runs.descending
        self._order.description = "greatest first" if runs.descending else "least first"

    def _listen(self) -> None:
        self._runs.watch(self._changed, "query", "pipeline", "outcome", "sort", "descending")
        self._runs.watch(self.redraw, "selected")
        for control, name in (
            (self._query, "query"),
            (self._pipeline, "pipeline"),
            (self._outcome, "outcome"),
            (self._sort, "sort"),
        ):
            control.observe(lambda change, name=name: self._ask(name, change["new"]), "value")
        self._order.observe(lambda change: self._ask("descending", not change["new"]), "value")
        for pick in self._picks:
            pick.observe(self._picked, "value")
        self._compare.on_click(lambda _: self._side_by_side())
        self._clear.on_click(lambda _: self._runs.select())

    def _ask(self, name: str, value: Any) -> None:
        if not self._is_drawing:
            setattr(self._runs, name, "" if value == _ALL and name in ("pipeline", "outcome") else value)

    def _changed(self) -> None:
        self._page, self._said.value = 0, ""
        self.redraw()

    def _turned(self, page: int) -> None:
        self._page = page
        self.redraw()

    def _picked(self, change: dict[str, Any]) -> None:
        if self._is_drawing:
            return
        run, rest = change["owner"].description, self._runs.selected
        self._runs.selected = (*rest, run) if change["new"] else tuple(r for r in rest if r != run)

    def _side_by_side(self) -> None:
        self._said.value = ""
        try:
            self._compared.children = (self._runs.compare().view,)
        except WorkbenchError as error:
            self._said.value = notice(error)


def _choice(label: str, width: str = "200px") -> ipywidgets.Dropdown:
    made = ipywidgets.Dropdown(options=[_ALL], description=label, layout={"width": width})
    made.style.description_width = "60px"
    return made


def _offer(choice: ipywidgets.Dropdown, names: Any, chosen: str) -> None:
    options = [_ALL, *dict.fromkeys([*names, *([chosen] if chosen else [])])]
    if list(choice.options) != options:
        choice.options = options
    choice.value = chosen or _ALL


def _row(*children: Any) -> ipywidgets.HBox:
    row = ipywidgets.HBox(children)
    row.add_class("wb-row")
    return row
