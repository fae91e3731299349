"""`workbench runs` and `workbench show`: what happened."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.cli.options import Json, RunId
from workbench.cli.output import open_console, print_json, to_json
from workbench.errors import UnknownNameError


def runs(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10**6, help="How many at most.")] = 20,
    as_json: Json = False,
) -> int:
    """List the newest runs.

    The newest comes first.
    """
    from workbench.cli.report import print_runs
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        found = [to_json(state) for state in workspace.runs(limit)]
    if as_json:
        print_json(found)
    else:
        print_runs(open_console(), found)
    return 0


def show(
    run: RunId,
    stage: Annotated[
        str | None, typer.Argument(metavar="STAGE", help="One stage of it, in all detail.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Show what happened in a run, or in one stage of it.

    A failed stage shows its cell, the error and the commands that come next.
    """
    from workbench.cli.report import print_run
    from workbench.cli.stage_report import print_stage
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        found = to_json(workspace.show(run))
    chosen = _entries(found, stage) if stage else []
    if as_json:
        print_json((chosen[0] if len(chosen) == 1 else chosen) if stage else found)
        return 0
    console = open_console()
    if stage is None:
        print_run(console, found)
    for entry in chosen:
        print_stage(console, found, entry)
    return 0


def _entries(found: dict[str, list[dict[str, str]]], stage: str) -> list[dict[str, str]]:
    """Return the entry of that name, else all entries of the stage of that name."""
    entries = found["stages"]
    exact = [entry for entry in entries if entry["name"] == stage]
    chosen = exact or [entry for entry in entries if entry.get("stage") == stage]
    if not chosen:
        raise UnknownNameError(f"stage in run {found['run']}", stage, [entry["name"] for entry in entries])
    return chosen
