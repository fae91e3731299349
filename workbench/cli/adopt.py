"""`workbench adopt`: an existing notebook becomes a stage."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.adoption import print_proposal
from workbench.cli.assignment import read_values
from workbench.cli.options import Json
from workbench.cli.output import open_console, print_json, print_next, to_json

if TYPE_CHECKING:
    from workbench.adopt import Proposal

Notebook = Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="A notebook file; it stays as it is.")]
Stage = Annotated[
    str | None, typer.Option("--stage", metavar="NAME", help="The stage's name; the file's if left out.")
]
Values = Annotated[
    list[str],
    typer.Option(
        "--parameter", "-p", metavar="NAME=VALUE", help="A value that the notebook lacks; repeatable."
    ),
]
Keep = Annotated[
    list[str],
    typer.Option("--keep", metavar="NAME", help="A literal that is to be no parameter; repeatable."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write and run without asking.")]


def adopt(
    *,
    notebook: Notebook,
    stage: Stage = None,
    parameter: Values = [],  # noqa: B006 - Typer reads it and never changes it
    keep: Keep = [],  # noqa: B006
    yes: Yes = False,
    as_json: Json = False,
) -> int:
    """Make a stage of an existing notebook, and run it.

    First shows parameters, inputs, outputs, hidden state and the change; nothing is written before a yes.
    """
    proposal = _propose(notebook, stage, parameter, keep)
    if as_json:
        return _as_json(proposal, yes)
    console = open_console()
    print_proposal(console, proposal, colour=console.is_terminal)
    if proposal.blocking:
        console.print()
        console.print("Nothing was written: what is marked ✗ cannot run by itself.", style="bold")
        return 2
    if not yes and not _agreed():
        console.print("Nothing was written.")
        return 0
    from workbench.adopt import write

    write(proposal)
    console.print(f"Written: {proposal.target.relative_to(proposal.root)} and workbench.toml. It runs …")
    return _run(proposal)


def _propose(notebook: Path, stage: str | None, values: Sequence[str], keep: Sequence[str]) -> Proposal:
    from workbench.adopt import Wish, propose
    from workbench.project import load_project

    return propose(notebook, load_project(), Wish(stage, read_values(values), frozenset(keep)))


def _agreed() -> bool:
    if not sys.stdin.isatty():
        answer = sys.stdin.readline().strip().lower()
        return answer in ("y", "yes")
    return typer.confirm("Write this and run it?")


def _as_json(proposal: Proposal, yes: bool) -> int:
    from workbench.adopt import write
    from workbench.workspace import open_workspace

    document: dict[str, Any] = {**proposal.to_dict(), "written": False, "run": None}
    code = 2 if proposal.blocking else 0
    if yes and not proposal.blocking:
        write(proposal)
        with open_workspace(proposal.root) as workspace:
            state = workspace.run(proposal.pipeline, reason="adopted")
        document |= {"written": True, "run": to_json(state)}
        code = state.outcome.exit_code if state.outcome else 1
    print_json(document)
    return code


def _run(proposal: Proposal) -> int:
    from workbench.cli.progress import progress
    from workbench.cli.report import next_steps, print_end
    from workbench.workspace import open_workspace

    console = open_console()
    with open_workspace(proposal.root) as workspace:
        with progress(console) as reporter:
            state = workspace.run(proposal.pipeline, reason="adopted", reporter=reporter)
        document = to_json(state)
        print_end(console, document)
    opened = (f"jupyter lab {proposal.target.relative_to(proposal.root)}", "the stage, cell by cell")
    print_next(console, *next_steps(document), opened)
    return state.outcome.exit_code if state.outcome else 1
