"""A plan, a run under way and its result as a page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from workbench.cli.amount import seconds_text
from workbench.widgets.parts import Column, chip, html, joined, notice
from workbench.widgets.parts.table import page_html
from workbench.widgets.run_pipeline.words import (
    ACTIONS,
    cost_of,
    failures,
    next_steps,
    place_of_failure,
    reasons_of,
    story_of,
    times_of,
)

if TYPE_CHECKING:
    from workbench.insight.experiments import EntryAtWork, RunAtWork
    from workbench.pipeline.history import RunState
    from workbench.widgets.run_pipeline.asked import Asked
    from workbench.widgets.run_pipeline.planning import Planning


def plan_picture(asked: Asked, planning: Planning) -> Markup:
    """Return what would run, and why."""
    if asked.problems:
        count = len(asked.problems)
        them = "A field cannot" if count == 1 else f"{count} fields cannot"
        return notice(f"{them} stand as entered; there is no plan until that is mended.", "warn")
    if planning.trouble is not None and not planning.busy:
        return notice(planning.trouble)
    if planning.plan is None:
        return html('<p class="wb-quiet" role="status">Working out what would run …</p>')
    columns = (
        Column("stage", lambda step: step.stage),
        Column("plan", lambda step: chip(step.action, ACTIONS[step.action])),
        Column("last took", lambda step: seconds_text(step.seconds), is_number=True),
        Column("why", lambda step: html('<span class="wb-wrap">{why}</span>', why=reasons_of(step))),
    )
    again = html(' <span class="wb-quiet">working it out anew …</span>') if planning.busy else ""
    return html(
        "{table}<p>{cost}{again}</p>",
        table=page_html(planning.plan.steps, columns),
        cost=cost_of(planning.plan),
        again=again,
    )


def progress_picture(run: RunAtWork) -> Markup:
    """Return how far a run has come, a line for each stage."""
    left = f"about {seconds_text(run.left)} left" if run.left else ""
    columns = (
        Column("stage", lambda entry: entry.name),
        Column("state", lambda entry: chip(entry.state)),
        Column("progress", _bar),
        Column("time", times_of, is_number=True),
        Column("at", _at),
    )
    return html(
        '<p role="status">{chip} run <code>{run}</code> <span class="wb-quiet">{left}</span></p>{table}',
        chip=chip(run.state),
        run=run.run,
        left=left,
        table=page_html(run.entries, columns),
    )


def result_picture(state: RunState) -> Markup:
    """Return how a run ended, stage by stage, and what can be done next."""
    word = state.outcome.value if state.outcome else "running"
    took = f" in {seconds_text(state.seconds)}" if state.seconds is not None else ""
    columns = (
        Column("stage", lambda entry: entry.name),
        Column("outcome", lambda entry: chip(entry.outcome.value if entry.outcome else "never ran")),
        Column("took", lambda entry: seconds_text(entry.seconds), is_number=True),
        Column("why", lambda entry: html('<span class="wb-wrap">{why}</span>', why=entry.reason or "")),
    )
    bad = joined(
        html(
            '<div class="wb-notice wb-bad" role="alert"><b>{stage}</b>{place}</div>',
            stage=entry.name,
            place=place_of_failure(entry),
        )
        for entry in failures(state)
    )
    steps = joined(
        html(
            '<li><code>{command}</code> <span class="wb-quiet">{what}</span></li>', command=command, what=what
        )
        for command, what in next_steps(state)
    )
    return html(
        '<p role="status">{chip} <b>{pipeline}</b>{took}, run <code>{run}</code></p>'
        '{table}{bad}<ul class="wb-steps">{steps}</ul>',
        chip=chip(word),
        pipeline=state.pipeline,
        took=took,
        run=state.run,
        table=page_html(list(state.entries.values()), columns),
        bad=bad,
        steps=steps,
    )


def _bar(entry: EntryAtWork) -> Markup:
    """Return a bar of the time that is behind; of the cells where the time is not known."""
    if entry.state not in ("running", "waiting"):
        share = 1.0
    elif entry.left is not None and entry.elapsed is not None:
        share = entry.elapsed / max(entry.elapsed + entry.left, 0.001)
    else:
        share = (entry.cell - 1) / entry.cells if entry.cells else 0.0
    return html(
        '<span class="wb-progress" role="progressbar" aria-valuenow="{now}" aria-valuemin="0" '
        'aria-valuemax="100"><span style="width:{now}%"></span></span>',
        now=round(100 * min(max(share, 0.0), 1.0)),
    )


def _at(entry: EntryAtWork) -> Markup:
    line = html(" <code>{line}</code>", line=entry.line) if entry.line else ""
    return html("{story}{line}", story=story_of(entry), line=line)
