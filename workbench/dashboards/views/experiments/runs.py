"""The table of runs, and of runs in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from workbench.dashboards.app.components import (
    Column,
    Live,
    empty_state,
    export_button,
    html,
    joined,
    moment_text,
    table,
    viewer_zone,
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
_PAGE = 20  # rows
_PICKED, _NOT_PICKED = "☑", "☐"


class Runs:
    """The runs that the filters leave, as a table; or what groups of them have in common.

    Attributes:
        panel: all of it.
    """

    def __init__(self, store: Store, person: Person, location: Location, filters: Filters) -> None:
        self._store, self._person, self._filters = store, person, filters
        self._location = location
        found = known(store, person)
        wide: dict[str, Any] = {"margin": 4, "sizing_mode": "stretch_width"}
        self.shown = pmui.MultiChoice(
            label="Columns",
            options=[*found.metrics, *found.parameters],
            value=_first_metrics(store, list(found.metrics)),
            **wide,
        )
        self.by = pmui.Select(
            label="Group by", options=[_NO_GROUPS, *GROUPINGS, *found.parameters], value=_NO_GROUPS, **wide
        )
        location.bind(self.shown, "columns")
        location.bind(self.by, "group")
        self._pages = pmui.Pagination(count=1, value=0, size="small", margin=(8, 4))
        self._count = styled(html(""))
        self._sort, self._descending = "started", True
        self._picked: list[str] = []
        self._found: tuple[RunSummary, ...] = ()
        self._groups: tuple[Group, ...] = ()
        self._table: pn.widgets.Tabulator | None = None
        self._made_for: object = None
        self._compare = styled(html(""))
        self._live: Live[Any] = Live(store, self._read, self._draw, "run")
        filters.watch(self._first_page)
        for widget in (self.shown, self.by):
            widget.param.watch(lambda _: self._first_page(), "value")
        self._pages.param.watch(lambda _: self._live.refresh(), "value")
        self._tell_picked()
        self.panel = pn.Column(
            pn.FlexBox(
                pn.Column(self.shown, min_width=260, max_width=620, sizing_mode="stretch_width", margin=0),
                pn.Column(self.by, min_width=160, max_width=260, sizing_mode="stretch_width", margin=0),
                export_button(self._whole, "runs"),
                sizing_mode="stretch_width",
                margin=0,
            ),
            self._compare,
            self._live.panel,
            pn.FlexBox(self._pages, self._count, sizing_mode="stretch_width", margin=0),
            sizing_mode="stretch_width",
            margin=0,
        )

    def _first_page(self) -> None:
        self._pages.value = 0
        self._live.refresh()

    def _sorted(self, event: Any) -> None:
        """Let the whole be sorted as the heading that was clicked says, not this page of it alone."""
        chosen = event.new[0] if event.new else {"field": "started", "dir": "desc"}
        if chosen["field"] != "pick":
            self._sort, self._descending = chosen["field"], chosen["dir"] == "desc"
            self._first_page()

    def _read(self) -> Any:
        query, by = self._filters.query, self.by.value
        columns = tuple(self.shown.value)
        if by == _NO_GROUPS:
            query = replace(query, sort=self._sort, descending=self._descending)
            return _NO_GROUPS, columns, find_runs(self._store, self._person, query), self._pages.value
        metric = next((name for name in columns if "/" in name), "")
        groups = group_runs(self._store, self._person, query, by, metric=metric, zone=viewer_zone())
        return by, metric, groups, self._pages.value

    def _draw(self, found: Any) -> Any:
        by, columns, every, page = found
        self._pages.count = max(1, -(-len(every) // _PAGE))
        self._count.object = styled(
            html(
                '<p class="quiet">{count} {what}</p>',
                count=len(every),
                what="runs" if by == _NO_GROUPS else "groups",
            )
        ).object
        items = every[page * _PAGE : (page + 1) * _PAGE]
        if not items:
            self._made_for = None
            return empty_state("No run is like that", "Take out a word or a choice above.")
        if by == _NO_GROUPS:
            self._found = items
            frame = self._frame(items, columns)
            return self._shown(
                ("runs", columns),
                frame,
                run_columns(columns, items),
                self._clicked,
                name="Runs",
                by_heading=True,
            )
        self._groups = items
        frame = group_frame(items)
        heads = group_columns(by, columns)
        return self._shown(("groups", by, columns), frame, heads, self._clicked_group, name="Runs in groups")

    def _shown(
        self,
        what: object,
        frame: pd.DataFrame,
        heads: Sequence[Column],
        clicked: Any,
        *,
        name: str,
        by_heading: bool = False,
    ) -> Any:
        """Return the table, the same one as before with other rows where its columns are the same."""
        if self._table is None or self._made_for != what:
            self._table, self._made_for = table(frame, heads, name=name), what
            self._table.on_click(clicked)
            if by_heading:
                self._table.param.watch(self._sorted, "sorters")
        else:
            self._table.value = frame[[head.key for head in heads]]
        return self._table

    def _frame(self, runs: Sequence[RunSummary], columns: Sequence[str]) -> pd.DataFrame:
        picked = set(self._picked)
        data: dict[str, list[Any]] = {
            "pick": [_PICKED if run.id in picked else _NOT_PICKED for run in runs],
            "run": [run.id for run in runs],
            "pipeline": [run.pipeline for run in runs],
            "outcome": [OUTCOMES[run.state] for run in runs],
            "started": [moment_text(run.started) for run in runs],
            "seconds": [run.seconds for run in runs],
            "by": [run.actor for run in runs],
            "why": [run.because for run in runs],
        }
        data |= {name: [value_of(run, name) for run in runs] for name in columns}
        return pd.DataFrame(data)

    def _whole(self) -> pd.DataFrame:
        """Return everything that the table would show, all pages of it."""
        by, columns, items, _ = self._read()
        return self._frame(items, columns).drop(columns="pick") if by == _NO_GROUPS else group_frame(items)

    def _clicked(self, event: Any) -> None:
        run = self._found[event.row].id
        if event.column != "pick":
            _open(self._location, run)
            return
        if run in self._picked:
            self._picked.remove(run)
        elif len(self._picked) < _MOST_PICKED:
            self._picked.append(run)
        assert self._table is not None
        self._table.patch({"pick": [(event.row, _PICKED if run in self._picked else _NOT_PICKED)]})
        self._tell_picked()

    def _clicked_group(self, event: Any) -> None:
        name = self._groups[event.row].name
        if self._filters.narrow(self.by.value, name):
            self.by.value = _NO_GROUPS

    def _tell_picked(self) -> None:
        if not self._picked:
            words = html('<p class="quiet">Click a row to open its run, a box to compare two to five.</p>')
        else:
            go = html(
                '<a href="{address}"><b>Compare {count} runs</b></a>',
                address=address(PAGE, compare=",".join(self._picked)),
                count=len(self._picked),
            )
            words = html(
                '<div class="picked">{go}{runs}</div>',
                go=go if len(self._picked) > 1 else html("<b>Choose another one to compare with</b>"),
                runs=joined((run_link(run) for run in self._picked), " · "),
            )
        self._compare.object = styled(words).object


def _open(location: Location, run: str) -> None:
    """Go to a run's page."""
    location.set(**{**dict.fromkeys(location.query), "run": run})
    if pn.state.location is not None:
        pn.state.location.reload = True


def _first_metrics(store: Store, metrics: list[str]) -> list[str]:
    """Return what is shown at first: the metrics that models are judged by, then the most frequent ones."""
    judged = {model.metric for model in store.project.config.models.values()}
    return sorted(metrics, key=lambda name: name.rpartition("/")[2] not in judged)[:_AT_FIRST]
