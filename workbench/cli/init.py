"""`workbench init`: a new project that runs as it is."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import plural
from workbench.cli.options import Json
from workbench.cli.output import open_console, print_json, print_next

if TYPE_CHECKING:
    from workbench.template import Planted
    from workbench.template.repository import Repository

Git = Annotated[bool, typer.Option("--git/--no-git", help="Make a git repository where there is none.")]


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder, which may be new.")],
    git: Git = True,
    as_json: Json = False,
) -> int:
    """Make a new project that runs as it is.

    A regression in four notebooks, on data that the first of them makes. No file is ever overwritten.
    """
    from workbench.template import plant
    from workbench.template.repository import configure

    planted = plant(folder)
    repository = configure(planted.folder, make=git)
    if as_json:
        print_json(
            {"folder": planted.folder, "project": planted.name, "files": planted.files, "git": repository}
        )
    else:
        _print(planted, repository)
    return 0


def _print(planted: Planted, repository: Repository) -> None:
    console = open_console()
    place = os.path.relpath(planted.folder)
    console.print(f"Project {planted.name}: {plural(len(planted.files), 'file')} in {place}", style="bold")
    if repository.made:
        console.print("  a new git repository")
    if repository.nbdime:
        console.print("  git shows and merges notebooks through nbdime")
    else:
        console.print(f"  git's diffs of notebooks stay plain: {repository.why}", style="yellow")
    steps = [] if place == "." else [(f"cd {shlex.quote(place)}", "")]
    print_next(
        console,
        *steps,
        ("workbench run", "data, model, gates, promotion"),
        ("workbench lab", "the stages, cell by cell"),
        ("workbench adopt NOTEBOOK", "a notebook of yours becomes a stage"),
    )
