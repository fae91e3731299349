"""The form that launches a run, made of the notebooks' typed parameters, and how launched runs stand."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import panel as pn

from workbench.dashboards.app.components import (
    Button,
    Checkbox,
    Flow,
    Live,
    Select,
    chip,
    code,
    crumbs,
    error_state,
    heading,
    html,
    joined,
    link,
    of_outcome,
    paragraph,
)
from workbench.dashboards.app.components.status import Status
from workbench.dashboards.views.experiments.fields import Entered
from workbench.dashboards.views.experiments.parts import PAGE, run_link, styled
from workbench.errors import WorkbenchError
from workbench.insight.experiments import LaunchRequest, Progress, launch, launch_form, launches

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.dashboards.app.location import Location
    from workbench.insight import Store
    from workbench.insight.experiments import Form

_WHOLE = "whole pipeline"


def launching(store: Store, person: Person, location: Location) -> Any:
    """Return the form, for whom the role allows it, and the runs launched here."""
    way = crumbs(link(PAGE, "Experiments"), "Launch a run")
    title = heading("Launch a run", level=1, note=f"It stands in the record as {person.name}'s")
    try:
        form = launch_form(store, person)
    except WorkbenchError as error:
        return pn.Column(
            way, title, error_state(error, what="The form"), sizing_mode="stretch_width", margin=0
        )
    watched: Live[tuple[Any, ...]] = Live(
        store, lambda: _standing(store, person), lambda found: _launched([each for each, *_ in found])
    )
    if pn.state.curdoc is not None:
        pn.state.add_periodic_callback(watched.refresh, period=1000)
    return pn.Column(
        way,
        title,
        _Sheet(store, person, location, form, watched).panel,
        watched.panel,
        sizing_mode="stretch_width",
        margin=0,
    )


class _Sheet:
    """The form itself."""

    def __init__(
        self, store: Store, person: Person, location: Location, form: Form, watched: Live[Any]
    ) -> None:
        self._store, self._person, self._form, self._watched = store, person, form, watched
        narrow: dict[str, Any] = {"width": 240}
        self._pipeline = Select(label="Pipeline", options=list(form.pipelines), **narrow)
        location.bind(self._pipeline, "pipeline")
        self._start = Select(label="From", **narrow)
        self._until = Select(label="Until", **narrow)
        self._force = Checkbox(label="run also what is unchanged", margin=(20, 8, 4, 8))
        self._stages = pn.Column(sizing_mode="stretch_width", margin=0)
        self._said = pn.Column(sizing_mode="stretch_width", margin=0)
        self._button = Button(label="Launch", kind="main", on_click=self._pressed, margin=(8, 4))
        self._entered: dict[str, Entered] = {}
        self._pipeline.param.watch(self._lay_out, "value")
        self._lay_out()
        self.panel = pn.Column(
            Flow(self._pipeline, self._start, self._until, self._force, margin=(8, 0)),
            self._stages,
            self._said,
            self._button,
            sizing_mode="stretch_width",
            margin=0,
        )

    def _lay_out(self, _event: Any = None) -> None:
        stages = self._form.pipelines[self._pipeline.value]
        for chosen in (self._start, self._until):
            chosen.param.update(options=[_WHOLE, *stages], value=_WHOLE)
        self._entered = {stage: Entered(self._form.fields[stage]) for stage in stages}
        settable = [stage for stage in stages if self._form.fields[stage]]
        self._stages[:] = [
            part for stage in settable for part in (heading(stage, level=3), self._entered[stage].panel)
        ] or [paragraph("No stage of this pipeline has a parameter.", quiet=True)]

    def _request(self) -> LaunchRequest:
        given = {stage: entered.changed for stage, entered in self._entered.items()}
        start, until = ("" if w.value == _WHOLE else w.value for w in (self._start, self._until))
        return LaunchRequest(
            self._pipeline.value,
            {stage: texts for stage, texts in given.items() if texts},
            start=start,
            until=until,
            force=self._force.value,
        )

    def _pressed(self) -> Coroutine[Any, Any, None]:
        """Launch it; the button takes no second click meanwhile."""
        self._button.disabled = True
        return self._launch()

    async def _launch(self) -> None:
        try:
            launched = await asyncio.to_thread(launch, self._store, self._person, self._request())
        except WorkbenchError as error:
            self._said[:] = [error_state(error, what="The run", said="was not launched")]
        else:
            self._said[:] = [paragraph(html("Launched as {actor}.", actor=launched.actor), quiet=True)]
            self._watched.refresh()
        finally:
            self._button.disabled = False


def _standing(store: Store, person: Person) -> tuple[tuple[Progress, Any, int | None, str], ...]:
    """Return what tells one look from the next."""
    return tuple((each, each.run, each.code, each.said) for each in launches(store, person))


def _launched(found: list[Progress]) -> Any:
    if not found:
        return paragraph("Nothing was launched here since the server started.", quiet=True)
    return pn.Column(
        heading("Launched here", level=2), *map(_progress, found), sizing_mode="stretch_width", margin=(16, 0)
    )


def _progress(found: Progress) -> Any:
    run, request = found.run, found.launched.request
    if run is not None:
        status = of_outcome(run.outcome, run.reason)
    elif found.code is None:
        status = Status("busy", "starting")
    else:
        status = Status("bad" if found.code else "good", "did not start" if found.code else "ended")
    stages = (
        joined(
            chip(_stage_status(stage.name, stage.outcome, stage.attempts, run))
            for stage in run.stages.values()
        )
        if run
        else ""
    )
    words = html(
        '<article class="card"><header><b>{name}</b>{chip}</header><p class="quiet">workbench {words}</p>'
        '<div class="stages">{stages}</div></article>',
        name=run_link(run.id) if run else request.pipeline,
        chip=chip(status),
        words=" ".join(request.words()),
        stages=stages,
    )
    is_trouble = found.code not in (None, 0)
    return pn.Column(
        styled(words),
        *([code(found.said[-3000:])] if is_trouble and found.said else []),
        sizing_mode="stretch_width",
        margin=(0, 0, 12, 0),
    )


def _stage_status(name: str, outcome: Any, attempts: int, run: Any) -> Status:
    if outcome is None and not (attempts and run.outcome is None):
        return Status("quiet", name, "waiting" if run.outcome is None else "never ran")
    status = of_outcome(outcome)
    return Status(status.tone, name, status.word)
