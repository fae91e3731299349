"""The table of runs, and of runs in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
import panel as pn
from markupsafe import Markup

from workbench.dashboards.app.components import (
    Live,
    MultiChoice,
    Select,
    abreast,
    begin,
    empty_state,
    export_button,
    html,
    joined,
    moment_text,
    table,
    viewer_zone,
    zoned,
)
from workbench.dashboards.app.location import address
from workbench.dashboards.views.experiments.parts import PAGE, run_link, styled
from workbench.dashboards.views.experiments.run_columns import (
    OUTCOMES,
    group_columns,
    group_frame,
    run_columns,
)
from workbench.insight.experiments import GROUPINGS, Group, find_runs, group_runs, known, value_of

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.dashboards.views.experiments.filters import Filters
    from workbench.insight import RunSummary, Store

_NO_GROUPS = "no groups"
_AT_FIRST = 3  # metrics
_MOST_PICKED = 5
_NEWEST = "-started"


@dataclass(frozen=True)
class _Found:
    """What is shown: runs, or groups of them.

    Attributes:
        by: what they are grouped by.
        columns: metrics and parameters that are shown; of groups the metric that is summed up, or none.
        order: the column they are sorted by, with a minus before it for the greatest first.
        page: the number of the page, from 1.
        picked: runs that are to be compared.
    """

    by: str
    columns: tuple[str, ...]
    every: tuple[RunSummary, ...] | tuple[Group, ...]
    order: str
    page: int
    picked: tuple[str, ...]


class Runs:
    """The runs that the filters leave, as a table; or what groups of them have in common.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location, filters: Filters) -> None:
        self._store, self._person, self._filters = store, person, filters
        found = known(store, person)
        self._usual = _first_metrics(store, list(found.metrics))
        self.shown = MultiChoice(
            label="Columns", options=[*found.metrics, *found.parameters], value=self._usual
        )
        self.by = Select(label="Group by", options=[_NO_GROUPS, *GROUPINGS, *found.parameters])
        self.table = table(pd.DataFrame(), (), name="Runs", order=_NEWEST, total=0)
        location.bind(self.shown, "columns")
        location.bind(self.by, "group")
        location.bind(self.table, "sort", "order")
        location.bind(self.table, "page", "page")
        self._picked: list[str] = []
        self._items: Sequence[RunSummary] | Sequence[Group] = ()
        self._told = styled(Markup(""))
        self.table.on_tick(self._tick)
        self.table.on_click(self._narrow)
        self._live: Live[_Found] = Live(store, self._read, self._draw, "run")
        filters.watch(self._first_page)
        for widget in (self.shown, self.by):
            widget.param.watch(lambda _: self._first_page(), "value")
        self.table.param.watch(lambda *_: self._live.refresh(), ["order", "page"])
        self.panel = self._laid_out()

    def _laid_out(self) -> pn.Column:
        return pn.Column(
            pn.Row(
                abreast((self.shown, 220, 620), (self.by, 140, 260)),
                export_button(self._whole, "runs", margin=(23, 4, 4, 4)),
                sizing_mode="stretch_width",
                margin=0,
            ),
            self._told,
            self._live.panel,
            sizing_mode="stretch_width",
            margin=0,
        )

    def _first_page(self) -> None:
        if self.table.page == 1:
            self._live.refresh()
        else:
            self.table.page = 1

    def _follow(self) -> None:
        """Offer what runs have brought by now; the first columns are shown as long as nobody chose any."""
        found = known(self._store, self._person)
        self._filters.follow(found)
        columns = list(dict.fromkeys([*self.shown.options, *found.metrics, *found.parameters]))
        if columns == self.shown.options:
            return
        self.shown.options = columns
        self.by.options = [_NO_GROUPS, *GROUPINGS, *(name for name in columns if name in found.parameters)]
        if self.shown.value == self._usual:
            self._usual = _first_metrics(self._store, list(found.metrics))
            begin(self.shown, self._usual)

    def _read(self) -> _Found:
        self._follow()
        query, by, order = self._filters.query, self.by.value, self.table.order
        columns = tuple(self.shown.value)
        if by == _NO_GROUPS:
            sort = order.removeprefix("-") or "started"
            query = replace(query, sort=sort, descending=order.startswith("-") or not order)
            return self._found(columns, find_runs(self._store, self._person, query))
        metric = next((name for name in columns if "/" in name), "")
        groups = group_runs(self._store, self._person, query, by, metric=metric, zone=viewer_zone())
        return self._found((metric,), groups)

    def _found(self, columns: tuple[str, ...], every: tuple[RunSummary, ...] | tuple[Group, ...]) -> _Found:
        shown = self.table
        return _Found(self.by.value, columns, every, shown.order, shown.page, tuple(self._picked))

    def _draw(self, found: _Found) -> pn.viewable.Viewable:
        self._tell(found)
        if not found.every:
            return empty_state("No run is like that", "Take out a word or a choice above.")
        if found.by == _NO_GROUPS:
            size, last = self.table.page_size, max(1, -(-len(found.every) // self.table.page_size))
            begin = (min(found.page, last) - 1) * size
            self._show_runs(found.every[begin : begin + size], found)  # type: ignore[arg-type]
        else:
            self._show_groups(found.every, found)  # type: ignore[arg-type]
        return self.table

    def _show_runs(self, runs: Sequence[RunSummary], found: _Found) -> None:
        self._items = runs
        self.table.param.update(
            label="Runs",
            columns=run_columns(found.columns, runs),
            value=self._frame(runs, found.columns),
            total=len(found.every),
            address=lambda place: address(PAGE, run=runs[place].id),
        )

    def _show_groups(self, groups: Sequence[Group], found: _Found) -> None:
        self._items = groups
        self.table.param.update(
            label="Runs in groups",
            columns=group_columns(found.by, found.columns[0]),
            value=group_frame(groups),
            total=None,
            address=None,
        )

    def _frame(self, runs: Sequence[RunSummary], columns: Sequence[str]) -> pd.DataFrame:
        other = None if len(self._picked) == _MOST_PICKED else False  # no box for one more than there may be
        data: dict[str, list[object]] = {
            "pick": [run.id in self._picked or other for run in runs],
            "run": [run.id for run in runs],
            "pipeline": [run.pipeline for run in runs],
            "outcome": [OUTCOMES[run.state] for run in runs],
            "started": [moment_text(run.started) for run in runs],
            "seconds": [run.seconds for run in runs],
            "by": [run.actor for run in runs],
            "why": [run.because for run in runs],
        }
        data |= {name: [value_of(run, name) for run in runs] for name in columns}
        return pd.DataFrame(data, dtype=object)

    def _whole(self) -> pd.DataFrame:
        """Return everything that the table would show, all pages of it."""
        found = self._read()
        if found.by != _NO_GROUPS:
            return zoned(group_frame(found.every), "last")  # type: ignore[arg-type]
        whole = self._frame(found.every, found.columns)  # type: ignore[arg-type]
        return zoned(whole.drop(columns="pick"), "started")

    def _tick(self, place: int, is_on: bool) -> None:
        item = self._items[place]
        if isinstance(item, Group):
            return
        run = item.id
        self._picked = [one for one in self._picked if one != run]
        if is_on and len(self._picked) < _MOST_PICKED:
            self._picked.append(run)
        self._live.refresh()

    def _narrow(self, place: int) -> None:
        group = self._items[place]
        if isinstance(group, Group) and self._filters.narrow(self.by.value, group.name):
            self.by.value = _NO_GROUPS

    def _tell(self, found: _Found) -> None:
        what = ("run" if found.by == _NO_GROUPS else "group") + "s" * (len(found.every) != 1)
        told = html(
            '<div class="picked"><b>{count} {what}</b>{words}</div>',
            count=len(found.every),
            what=what,
            words=self._words(),
        )
        self._told.object = str(told)

    def _words(self) -> Markup:
        if not self._picked:
            return html('<span class="quiet">Choose two to five to compare them.</span>')
        runs = joined((run_link(run) for run in self._picked), " · ")
        if len(self._picked) == 1:
            return html("<b>Choose another one to compare with</b><span>{runs}</span>", runs=runs)
        return html(
            '<a href="{address}"><b>Compare {count} runs</b></a><span>{runs}</span>{most}',
            address=address(PAGE, compare=",".join(self._picked)),
            count=len(self._picked),
            runs=runs,
            most=html('<span class="quiet">These are the most that can be compared.</span>')
            if len(self._picked) == _MOST_PICKED
            else "",
        )


def _first_metrics(store: Store, metrics: list[str]) -> list[str]:
    """Return what is shown at first: the metrics that models are judged by, then the most frequent ones."""
    judged = {model.metric for model in store.project.config.models.values()}
    return sorted(metrics, key=lambda name: name.rpartition("/")[2] not in judged)[:_AT_FIRST]
