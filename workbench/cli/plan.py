"""`workbench plan` and `workbench why`: what would run, and which change makes it so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import plural, seconds_text
from workbench.cli.assignment import read_overrides
from workbench.cli.mark import marked
from workbench.cli.options import Force, From, Json, Overrides, Pipeline, Until
from workbench.cli.output import open_console, plain_table, print_json, print_next

if TYPE_CHECKING:
    from workbench.pipeline.plan import Plan, PlanStep

_WORDS = {"run": "would run", "reuse": "unchanged", "maybe": "depends on what comes before it"}


def plan(
    *,
    pipeline: Pipeline = None,
    parameter: Overrides = [],  # noqa: B006 - Typer reads it and never changes it
    start: From = None,
    until: Until = None,
    force: Force = False,
    as_json: Json = False,
) -> int:
    """Show what would run, and why.

    Nothing is started and nothing is written.
    """
    from workbench.workspace import open_workspace

    overrides = read_overrides(parameter)
    with open_workspace() as workspace:
        found = workspace.plan(pipeline, overrides=overrides, start=start, until=until, force=force)
    if as_json:
        print_json(found)
    else:
        _print_plan(found)
    return 0


def why(
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="A stage of the project.")],
    as_json: Json = False,
) -> int:
    """Show which change makes a stage stale.

    A cell, a parameter, an input, a module that it imports or the environment.
    """
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        step = workspace.why(stage)
    if as_json:
        print_json(step)
        return 0
    console = open_console()
    console.print(f"{step.stage}: {_WORDS[step.action]}", style="bold")
    for reason in step.reasons:
        console.print(f"  {reason.text}")
    return 0


def _print_plan(found: Plan) -> None:
    console = open_console()
    console.print(f"Pipeline {found.pipeline}", style="bold")
    table = plain_table("stage", "action", "last took", "why", right=("last took",))
    for step in found.steps:
        table.add_row(step.stage, marked(step.action), seconds_text(step.seconds), _reasons(step))
    console.print(table)
    running = sum(step.action != "reuse" for step in found.steps)
    if running:
        console.print(f"{running} of {plural(len(found.steps), 'stage')} would run, or may have to.")
        print_next(console, (f"workbench run {found.pipeline}", "with the same options: do it"))
    else:
        console.print("Nothing changed: a run would reuse everything.")


def _reasons(step: PlanStep, most: int = 4) -> str:
    reasons = [reason for reason in step.reasons if reason.kind == "new"] or step.reasons
    lines = [reason.text for reason in reasons[:most]]
    if len(reasons) > most:
        lines.append(f"and {len(reasons) - most} more: workbench why {step.stage}")
    return "\n".join(lines)
