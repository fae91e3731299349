"""The table of runs, and of runs in groups."""

from __future__ import annotations

from collections.abc import Sequence
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
    of_outcome,
    table,
    viewer_zone,
)
from workbench.dashboards.app.location import address
from workbench.dashboards.data.experiments import GROUPINGS, Group, find_runs, group_runs, known, value_of
from workbench.dashboards.views.experiments.parts import PAGE, run_link, styled

if TYPE_CHECKING:
    from workbench.dashboards.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.dashboards.data import RunSummary, Store
    from workbench.dashboards.views.experiments.filters import Filters

_NO_GROUPS = "no groups"
_AT_FIRST = 3  # metrics
_MOST_PICKED = 5
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
        self._picked: list[str] = []
        self._found: tuple[RunSummary, ...] = ()
        self._groups: tuple[Group, ...] = ()
        self._table: pn.widgets.Tabulator | None = None
        self._made_for: object = None
        self._compare = styled(html(""))
        self._live: Live[Any] = Live(store, self._read, self._draw, "run")
        filters.watch(self._live.refresh)
        for widget in (self.shown, self.by):
            widget.param.watch(lambda _: self._live.refresh(), "value")
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
            sizing_mode="stretch_width",
            margin=0,
        )

    def _read(self) -> Any:
        query, by = self._filters.query, self.by.value
        columns = tuple(self.shown.value)
        if by == _NO_GROUPS:
            return _NO_GROUPS, columns, find_runs(self._store, self._person, query)
        metric = next((name for name in columns if "/" in name), "")
        groups = group_runs(self._store, self._person, query, by, metric=metric, zone=viewer_zone())
        return by, metric, groups

    def _draw(self, found: Any) -> Any:
        by, columns, items = found
        if not items:
            self._made_for = None
            return empty_state("No run is like that", "Take out a word or a choice above.")
        if by == _NO_GROUPS:
            self._found = items
            frame = self._frame(items, columns)
            return self._shown(("runs", columns), frame, _columns(columns, items), self._clicked, "Runs")
        self._groups = items
        frame = _group_frame(items)
        heads = _group_columns(by, columns)
        return self._shown(("groups", by, columns), frame, heads, self._clicked_group, "Runs in groups")

    def _shown(
        self, what: object, frame: pd.DataFrame, heads: Sequence[Column], clicked: Any, name: str
    ) -> Any:
        """Return the table, the same one as before with other rows where its columns are the same."""
        if self._table is None or self._made_for != what:
            self._table, self._made_for = table(frame, heads, name=name), what
            self._table.on_click(clicked)
        else:
            self._table.value = frame[[head.key for head in heads]]
        return self._table

    def _frame(self, runs: Sequence[RunSummary], columns: Sequence[str]) -> pd.DataFrame:
        picked = set(self._picked)
        data: dict[str, list[Any]] = {
            "pick": [_PICKED if run.id in picked else _NOT_PICKED for run in runs],
            "run": [run.id for run in runs],
            "pipeline": [run.pipeline for run in runs],
            "outcome": [_OUTCOMES[run.state] for run in runs],
            "started": [moment_text(run.started) for run in runs],
            "seconds": [run.seconds for run in runs],
            "by": [run.actor for run in runs],
            "why": [run.because for run in runs],
        }
        data |= {name: [value_of(run, name) for run in runs] for name in columns}
        return pd.DataFrame(data)

    def _whole(self) -> pd.DataFrame:
        """Return everything that the table would show, all pages of it."""
        by, columns, items = self._read()
        return self._frame(items, columns).drop(columns="pick") if by == _NO_GROUPS else _group_frame(items)

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


def _columns(shown: Sequence[str], runs: Sequence[RunSummary]) -> list[Column]:
    zone = viewer_zone()
    fixed = [
        Column("pick", "", width=44),
        Column("run", "Run", width=190),
        Column("pipeline", "Pipeline", width=120),
        Column("outcome", "Outcome", width=130),
        Column("started", f"Started ({zone})", width=170),
        Column("seconds", "Took (s)", "number", digits=1, width=110),
        Column("by", "By", width=140),
        Column("why", "Why", width=140),
    ]
    return fixed + [
        Column(name, title, "number" if _is_number(name, runs) else "text", digits=4, width=150)
        for name, title in _titles(shown).items()
    ]


def _titles(shown: Sequence[str]) -> dict[str, str]:
    """Return each column's heading: without its stage where no other one has that name."""
    short = {name: name.rpartition("/" if "/" in name else ".")[2] for name in shown}
    every = list(short.values())
    return {name: tail if every.count(tail) == 1 else name for name, tail in short.items()}


def _is_number(name: str, runs: Sequence[RunSummary]) -> bool:
    values = (value_of(run, name) for run in runs)
    kinds = {type(value) for value in values if value is not None}
    return bool(kinds) and kinds <= {int, float}


def _group_frame(groups: Sequence[Group]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [group.name for group in groups],
            "runs": [group.runs for group in groups],
            "succeeded": [100 * g.succeeded / g.ended if g.ended else None for g in groups],
            "seconds": [group.seconds for group in groups],
            "least": [group.least for group in groups],
            "middle": [group.middle for group in groups],
            "most": [group.most for group in groups],
            "last": [moment_text(group.last) for group in groups],
        }
    )


def _group_columns(by: str, metric: str) -> list[Column]:
    measured = [
        Column(key, f"{metric}, {word}", "number", digits=4)
        for key, word in (("least", "least"), ("middle", "median"), ("most", "most"))
    ]
    return [
        Column("name", by),
        Column("runs", "Runs", "number", digits=0, width=90),
        Column("succeeded", "Succeeded (%)", "number", digits=0, width=130),
        Column("seconds", "Median time (s)", "number", digits=1, width=140),
        *(measured if metric else []),
        Column("last", f"Newest ({viewer_zone()})", width=170),
    ]


def _first_metrics(store: Store, metrics: list[str]) -> list[str]:
    """Return what is shown at first: the metrics that models are judged by, then the most frequent ones."""
    judged = {model.metric for model in store.project.config.models.values()}
    return sorted(metrics, key=lambda name: name.rpartition("/")[2] not in judged)[:_AT_FIRST]


class _Outcomes(dict[str, str]):
    """Outcomes as a sign and a word, each worked out once."""

    def __missing__(self, state: str) -> str:
        from workbench.dashboards.data.runs import RUNNING
        from workbench.pipeline.outcome import Outcome

        status = of_outcome(None if state == RUNNING else Outcome(state))
        self[state] = f"{status.sign} {status.word}"
        return self[state]


_OUTCOMES = _Outcomes()
