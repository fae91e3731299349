"""A run's page: its stages, what each read, made, measured and took, and its executed notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn

from workbench.dashboards.app.components import (
    Flow,
    Live,
    RadioButtonGroup,
    Select,
    crumbs,
    empty_state,
    error_state,
    heading,
    link,
)
from workbench.dashboards.app.frames import frame
from workbench.dashboards.views.experiments.mending import is_to_mend, mending
from workbench.dashboards.views.experiments.parts import PAGE, figures
from workbench.dashboards.views.experiments.stage_result import head, result
from workbench.errors import WorkbenchError
from workbench.insight.experiments import RunDetail, Stage, figure_names, read_figure, run_detail

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store

_RESULT, _FIGURES, _NOTEBOOK = "Result", "Figures", "Notebook"


def one_run(store: Store, person: Person, location: Location) -> Any:
    """Return the page of the run that the address names."""
    run = location.get("run")
    way = crumbs(link(PAGE, "Experiments"), run)
    try:
        detail = run_detail(store, person, run)
    except WorkbenchError as error:
        return pn.Column(way, error_state(error, what="This run"), sizing_mode="stretch_width", margin=0)
    return pn.Column(
        way,
        heading(f"Run {run}", level=1, note=detail.pipeline),
        *_parts(store, person, location, detail),
        sizing_mode="stretch_width",
        margin=0,
    )


def _parts(store: Store, person: Person, location: Location, detail: RunDetail) -> tuple[Any, ...]:
    names = [stage.name for stage in detail.stages]
    stage = Select(label="Stage", options=names, value=_telling(detail), width=280, margin=(4, 12, 4, 0))
    tab = RadioButtonGroup(
        label="What is shown", options=[_RESULT, _FIGURES, _NOTEBOOK], margin=(22, 0, 0, 0)
    )
    location.bind(stage, "stage")
    location.bind(tab, "show")

    def read() -> tuple[RunDetail, str]:
        return run_detail(store, person, detail.run), stage.value

    def read_part() -> tuple[Stage | None, str, RunDetail | None]:
        found = run_detail(store, person, detail.run)
        chosen = found.stage(stage.value)
        return chosen, tab.value, found if chosen is not None and is_to_mend(chosen) else None

    whole: Live[Any] = Live(store, read, lambda found: head(*found), "run")
    part: Live[Any] = Live(store, read_part, lambda found: _part(store, person, detail.run, found), "run")
    for live in (whole, part):
        stage.param.watch(lambda _, live=live: live.refresh(), "value")
    tab.param.watch(lambda _: part.refresh(), "value")
    chooser = Flow(stage, tab, sizing_mode="stretch_width", margin=(12, 0, 4, 0))
    return whole.panel, chooser, part.panel


def _telling(detail: RunDetail) -> str:
    """Return the stage that tells most: the first one that did not succeed, else that with most metrics."""
    bad = (s for s in detail.stages if s.outcome and not s.outcome.is_success and s.attempts)
    return next(bad, max(detail.stages, key=lambda stage: len(stage.metrics))).name


def _part(store: Store, person: Person, run: str, found: tuple[Stage | None, str, RunDetail | None]) -> Any:
    stage, what, failed = found
    if stage is None:
        return empty_state("No such stage", "Choose another one.")
    if what == _NOTEBOOK:
        title, state = f"The notebook of {stage.name}", f"{stage.state} {stage.attempts}"  # another one then
        return frame(PAGE, "notebook", title=title, run=run, entry=stage.name, state=state)
    if what == _FIGURES:
        names = figure_names(store, person, run, stage.name)
        if not names:
            return empty_state(
                "No figure", 'The stage logged none. stage.log_figure(figure, "name") keeps one.'
            )
        return figures((name, read_figure(store, person, run, stage.name, name)) for name in names)
    return result(stage, mending(store, person, failed, stage) if failed else None)
