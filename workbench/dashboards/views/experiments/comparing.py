"""Two to five runs side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Checkbox,
    Flow,
    RadioButtonGroup,
    Select,
    crumbs,
    empty_state,
    error_state,
    heading,
    html,
    link,
    moment,
    number,
    short,
)
from workbench.dashboards.views.experiments.diffing import notebook_cells
from workbench.dashboards.views.experiments.parts import PAGE, cells, picture, run_link, side_table, styled
from workbench.errors import WorkbenchError
from workbench.insight.experiments import Comparison, Row, compare_runs, notebook_diff, read_figure

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_TABLES = {"Metrics": "metrics", "Parameters": "parameters", "Data": "data"}
_ALL = ("Overview", *_TABLES, "Figures", "Notebook")


@dataclass(frozen=True)
class _Chosen:
    """What is chosen beside the kind of comparison.

    Attributes:
        only: only what differs.
        entry: whose notebook.
        other: the run that the first one is compared with.
    """

    only: bool
    entry: str
    other: str


def comparing(store: Store, person: Person, location: Location) -> Any:
    """Return the page that compares the runs that the address names."""
    runs = location.get("compare").split(",")
    way = crumbs(link(PAGE, "Experiments"), "Comparison")
    try:
        found = compare_runs(store, person, runs)
    except WorkbenchError as error:
        return pn.Column(way, error_state(error, what="These runs"), sizing_mode="stretch_width", margin=0)
    tab = RadioButtonGroup(label="What is compared", options=list(_ALL), margin=(8, 0))
    only = Checkbox(label="only what differs", value=True, margin=(8, 12))
    location.bind(tab, "show")
    location.bind(only, "differing")
    entry = Select(label="Stage", options=list(found.notebooks), width=240)
    others = [run.id for run in found.runs[1:]]
    other = Select(label=f"{found.runs[0].id} compared with", options=others, width=280)
    chooser = Flow(entry, other, sizing_mode="stretch_width", margin=0)
    place = pn.Column(sizing_mode="stretch_width", margin=(8, 0))

    def draw(_event: Any = None) -> None:
        chooser.visible = tab.value == "Notebook" and bool(found.notebooks)
        only.visible = tab.value in _TABLES
        place[:] = [_shown(store, person, found, tab.value, _Chosen(only.value, entry.value, other.value))]

    for widget in (tab, only, entry, other):
        widget.param.watch(draw, "value")
    draw()
    return pn.Column(
        way,
        heading(f"{len(found.runs)} runs side by side", level=1),
        Flow(tab, only, sizing_mode="stretch_width", margin=0),
        chooser,
        place,
        sizing_mode="stretch_width",
        margin=0,
    )


def _shown(store: Store, person: Person, found: Comparison, what: str, chosen: _Chosen) -> Any:
    try:
        if what == "Figures":
            return _figures(store, person, found)
        if what == "Notebook":
            if not found.notebooks:
                return empty_state(
                    "No notebook in two of them", "Executed notebooks may have been cleared away."
                )
            return notebook_cells(notebook_diff(store, person, found.runs[0].id, chosen.other, chosen.entry))
    except WorkbenchError as error:
        return error_state(error)
    if what in _TABLES:
        return _table(found, getattr(found, _TABLES[what]), chosen.only, what)
    return _overview(found)


def _overview(found: Comparison) -> Any:
    differing = {title: sum(row.differs for row in getattr(found, name)) for title, name in _TABLES.items()}
    words = ", ".join(
        f"{count} of {len(getattr(found, _TABLES[t]))} {t.lower()}" for t, count in differing.items()
    )
    return pn.Column(
        styled(html('<p class="quiet">Different: {words}.</p>', words=words)),
        _table(found, found.facts, False, "Overview"),
        sizing_mode="stretch_width",
        margin=0,
    )


def _table(found: Comparison, rows: tuple[Row, ...], only: bool, title: str) -> Any:
    shown = [row for row in rows if row.differs or not only]
    if not shown:
        return empty_state("Nothing differs", "Switch to all of it above.")
    head = ["", *(run_link(run.id) for run in found.runs)]
    body = (
        html(
            '<tr class="{tone}"><th>{name}</th>{cells}</tr>',
            tone="differs" if row.differs else "",
            name=row.name,
            cells=_values(row),
        )
        for row in shown
    )
    return styled(side_table(head, body, name=title))


def _values(row: Row) -> Markup:
    first = row.values[0]
    made = []
    for place, value in enumerate(row.values):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        text: Any = number(value, digits=5) if is_number else _text(value)
        if place and is_number and isinstance(first, int | float) and value != first:
            sign = "+" if value > first else ""
            change = html(' <span class="same">{sign}{by}</span>', sign=sign, by=short(value - first))
            text = html("{text}{change}", text=text, change=change)
        made.append(text)
    return cells("td", made)


def _text(value: Any) -> Any:
    from datetime import datetime

    if isinstance(value, datetime):
        return moment(value, seconds=True)
    return "–" if value is None or value == "" else str(value)


def _figures(store: Store, person: Person, found: Comparison) -> Any:
    if not found.figures:
        return empty_state("No figure", "None of these runs logged one.")
    rows = []
    for row in found.figures:
        entry, _, name = row.name.partition("/")
        shown = (
            picture(read_figure(store, person, run.id, entry, name), run.id) if has else html("<p>–</p>")
            for run, has in zip(found.runs, row.values, strict=True)
        )
        rows.append(
            html(
                "<h3>{name}</h3><div class='figures'>{shown}</div>",
                name=row.name,
                shown=Markup("").join(shown),
            )
        )
    return styled(Markup("").join(rows))
