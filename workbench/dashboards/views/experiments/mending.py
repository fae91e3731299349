"""What can be done about a stage that failed: open it on its inputs, mend it, and go on with the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn

from workbench.dashboards.app.components import Action, Flow, code, html, joined, paragraph
from workbench.insight.experiments import LaunchRequest, OpenedHere, launch, open_here, opens_here

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight import Store
    from workbench.insight.experiments import RunDetail, Stage


def is_to_mend(stage: Stage) -> bool:
    """Return whether a stage failed, with inputs to open it on."""
    return bool(stage.opens) and stage.outcome is not None and not stage.outcome.is_success


def mending(store: Store, person: Person, run: RunDetail, stage: Stage) -> Any:
    """Return what mends a stage that failed, for whom the role allows it."""
    resume = f"workbench resume {run.run}"
    words = html(
        "Mend it on its inputs, <code>{opens}</code>, and go on behind it: <code>{resume}</code>",
        opens=stage.opens,
        resume=resume,
    )
    place = pn.Column(sizing_mode="stretch_width", margin=0)
    actions = []
    if opens_here(store, person):
        actions.append(_opening(store, person, run.run, stage, place))
    if person.may("launch") and run.outcome is not None:
        actions.append(_resuming(store, person, run))
    return pn.Column(
        paragraph(words),
        Flow(*actions, sizing_mode="stretch_width", margin=0, gap="8px"),
        place,
        sizing_mode="stretch_width",
        margin=(8, 0),
    )


def _opening(store: Store, person: Person, run: str, stage: Stage, place: Any) -> Action:
    made: list[OpenedHere] = []

    def act(_reason: str) -> str:
        made.append(open_here(store, person, run, stage.name))
        return f"{made[-1].notebook} reads what run {run} read."

    return Action(
        "Open in JupyterLab",
        title=f"Open {stage.name} of run {run}?",
        consequence=lambda: (
            f"Until a resumed run has gone on behind it, your sessions on {stage.stage} load what this run "
            "read, and set what it was given. Nothing is run."
        ),
        act=act,
        then=lambda: _show(place, made[-1], stage),
        needs_reason=False,
    )


def _show(place: Any, opened: OpenedHere, stage: Stage) -> None:
    if opened.url:
        way = paragraph(
            html(
                '<a href="{url}" target="_blank" rel="noopener noreferrer">Open {notebook}</a>',
                url=opened.url,
                notebook=opened.notebook,
            )
        )
    else:
        way = paragraph(
            html("No JupyterLab shows this project. Start one: <code>{command}</code>", command=stage.opens)
        )
    place[:] = [way, code("\n".join(opened.words))]


def _resuming(store: Store, person: Person, run: RunDetail) -> Action:
    def act(_reason: str) -> str:
        launched = launch(store, person, LaunchRequest(run.pipeline, resume=run.run))
        return f"Run {run.run} goes on, as {launched.actor}."

    return Action(
        "Go on with the run",
        title=f"Go on with run {run.run}?",
        consequence=lambda: html(
            "What succeeded is kept; {stages} and what comes after run again, from the notebooks as they are "
            "now.",
            stages=joined(_failed(run), ", "),
        ),
        act=act,
        needs_reason=False,
    )


def _failed(run: RunDetail) -> list[Any]:
    return [
        html("<b>{name}</b>", name=stage.name)
        for stage in run.stages
        if stage.outcome is not None and not stage.outcome.is_success and stage.attempts
    ]
