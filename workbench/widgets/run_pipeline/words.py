"""A pipeline in words: what is asked, what would run, how far it has come, what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.cli.amount import plural, seconds_text
from workbench.widgets.parts.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.insight.experiments import EntryAtWork, RunAtWork
    from workbench.pipeline.history import EntryState, RunState
    from workbench.pipeline.plan import Plan, PlanStep
    from workbench.widgets.run_pipeline.asked import Asked
    from workbench.widgets.run_pipeline.planning import Planning
    from workbench.widgets.run_pipeline.watching import Watching

ACTIONS = {"run": "would run", "reuse": "unchanged", "maybe": "depends on what comes before it"}
_MOST_REASONS = 4


def said(asked: Asked, planning: Planning, watching: Watching | None, result: RunState | None) -> str:
    """Return everything that matters now."""
    lines = [f"Pipeline {asked.pipeline}: {' → '.join(asked.stages)}", *_given(asked)]
    if watching is None:
        lines += [f"  ! {key}: {why}" for key, why in asked.problems.items()] or _planned(planning)
        lines.append("Start it with .run(), follow it with .wait(), end it with .stop().")
    elif result is not None and result.outcome is not None:
        lines += result_lines(result)
    elif watching.at_work is not None:
        lines += _at_work(watching.at_work)
    else:
        lines.append(f"{watching.state} …" if not watching.is_over else f"{watching.state}: {watching.said}")
    return "\n".join(lines)


def reasons_of(step: PlanStep) -> str:
    """Return why a stage would run, in a line."""
    reasons = [reason for reason in step.reasons if reason.kind == "new"] or step.reasons
    inputs: dict[str, list[str]] = {}
    texts = []
    for reason in reasons:
        head, _, what = reason.text.partition(": ")
        if reason.kind == "input" and head == f"input {reason.name}" and what.endswith("made anew"):
            inputs.setdefault(what, []).append(reason.name)
        else:
            texts.append(reason.text)
    texts += [
        f"input{'s' if len(names) > 1 else ''} {', '.join(names)}: {what}" for what, names in inputs.items()
    ]
    more = len(texts) - _MOST_REASONS
    return "; ".join(texts[:_MOST_REASONS]) + (f"; and {more} more" if more > 0 else "")


def cost_of(plan: Plan) -> str:
    """Return how many stages would run and what that took before."""
    steps = [step for step in plan.steps if step.action != "reuse"]
    if not steps:
        return "Nothing changed: a run would reuse everything."
    known = [step.seconds for step in steps if step.seconds is not None]
    about = f", about {seconds_text(sum(known))} as it took before" if len(known) == len(steps) else ""
    would = "may have to run" if all(s.action == "maybe" for s in steps) else "would run, or may have to"
    return f"{len(steps)} of {plural(len(plan.steps), 'stage')} {would}{about}."


def story_of(entry: EntryAtWork) -> str:
    """Return where an entry stands: the cell at work, or how it ended."""
    if entry.state != "running":
        return entry.reason or ("" if entry.state != "waiting" else "waiting")
    again = f"attempt {entry.attempt}, " if entry.attempt > 1 else ""
    return f"{again}cell {entry.cell} of {entry.cells}" if entry.cell else f"{again}starting its kernel"


def times_of(entry: EntryAtWork) -> str:
    """Return its seconds, and those that it took before."""
    if entry.elapsed is None:
        return f"about {seconds_text(entry.expected)}" if entry.expected else ""
    if entry.state == "running" and entry.expected:
        return f"{seconds_text(entry.elapsed)} of about {seconds_text(entry.expected)}"
    return seconds_text(entry.elapsed)


def result_lines(state: RunState) -> Iterator[str]:
    """Return how a run ended, each stage, each failure, and what can be done next."""
    word = state.outcome.value if state.outcome else "running"
    took = f" in {seconds_text(state.seconds)}" if state.seconds is not None else ""
    yield f"{mark(word)} {state.pipeline} {word.replace('_', ' ')}{took}, run {state.run}"
    for entry in state.entries.values():
        outcome = entry.outcome.value if entry.outcome else "never ran"
        why = f": {entry.reason}" if entry.reason else ""
        yield f"  {mark(outcome)} {entry.name} {outcome} in {seconds_text(entry.seconds)}{why}"
    for entry in failures(state):
        yield f"  {entry.name}{place_of_failure(entry)}"
    for command, what in next_steps(state):
        yield f"  {command}   {what}"


def failures(state: RunState) -> list[EntryState]:
    """Return the entries that ended badly by themselves."""
    return [e for e in state.entries.values() if e.outcome and not e.outcome.is_success and e.attempts]


def place_of_failure(entry: EntryState) -> str:
    """Return the cell and the error, or the reason: `, cell 4: ValueError: no rows`."""
    error = entry.attempts[-1].error if entry.attempts else None
    if not error:
        return f": {entry.reason}"
    return f", cell {error['cell']}: {error['ename']}: {error['evalue']}"


def next_steps(state: RunState) -> list[tuple[str, str]]:
    """Return the commands that come next, each with what it does."""
    steps = [(f"workbench show {state.run}", "all that happened")]
    bad = failures(state)
    if bad:
        stage = bad[0].name
        steps += [
            (f"workbench show {state.run} {stage}", "the cell and the whole traceback"),
            (f"workbench open {state.run} {stage}", "that notebook, with the inputs that it had"),
        ]
    if state.outcome and not state.outcome.is_success:
        steps.append((f"workbench resume {state.run}", "go on from there, once mended"))
    return steps


def _given(asked: Asked) -> list[str]:
    lines = []
    for field in asked.fields():
        text = asked.text(field)
        was = f" (declared: {field.value})" if text != field.value and field.value else ""
        about = " · ".join(part for part in (field.help, field.expected) if part)
        lines.append(f"  {field.key} = {text or '?'}{was}   # {about}")
    return lines


def _planned(planning: Planning) -> list[str]:
    if planning.trouble is not None:
        return [
            f"  ! {planning.trouble.message}",
            *([f"    {planning.trouble.hint}"] if planning.trouble.hint else []),
        ]
    if planning.plan is None:
        return ["The plan is being worked out …"]
    lines = []
    for step in planning.plan.steps:
        why = f": {reasons_of(step)}" if step.reasons else ""
        lines.append(f"  {mark(step.action)} {step.stage} {ACTIONS[step.action]}{why}")
    return [*lines, cost_of(planning.plan)]


def _at_work(run: RunAtWork) -> list[str]:
    left = f", about {seconds_text(run.left)} left" if run.left else ""
    lines = [f"… {run.pipeline} {run.state}, run {run.run}{left}"]
    for entry in run.entries:
        told = "  ".join(part for part in (story_of(entry), entry.line, times_of(entry)) if part)
        lines.append(f"  {mark(entry.state)} {entry.name} {told}".rstrip())
    return lines
