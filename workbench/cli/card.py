"""`workbench card`: all that is known of a model version, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.options import Json, VersionReference
from workbench.cli.output import open_console, print_json, print_next
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.registry.card import Document

Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML file.")]
Md = Annotated[Path | None, typer.Option("--md", metavar="FILE", help="Write it as Markdown.")]


def card(version: VersionReference, *, html: Html = None, md: Md = None, as_json: Json = False) -> int:
    """Show a model's card: trained on what, good at what, bad for whom, approved by whom.

    The HTML file needs nothing beside it: figures are in it, no script, nothing is loaded from elsewhere.
    What the model is for, and its limits, stand under [models.NAME] in workbench.toml as description,
    intended_use and limits.
    """
    from workbench.registry.card import as_markdown, as_page, model_card
    from workbench.workspace import open_workspace

    files = {path: write for path, write in ((html, as_page), (md, as_markdown)) if path is not None}
    for path in files:
        _check_place(path)
    with open_workspace() as workspace:
        found = workspace.registry.version(version)
        document = model_card(found, ledger=workspace.ledger, project=workspace.project)
        for path, write in files.items():
            path.write_text(write(document), encoding="utf-8")
    if as_json:
        print_json({**document.data, "files": [str(path) for path in files]})
    elif files:
        console = open_console()
        for path in files:
            console.print(f"{document.title}: its card is in {path}", soft_wrap=True)
        print_next(console, (f"workbench trace {found.model}/{found.number}", "the cells that made it"))
    else:
        _print(document)
    return 0


def _check_place(path: Path) -> None:
    if path.is_dir() or not path.absolute().parent.is_dir():
        what = "is a folder" if path.is_dir() else "is in a folder that does not exist"
        raise UsageError(
            f"The card cannot be written: {path} {what}.", hint="Name a file in a folder there is."
        )


def _print(document: Document) -> None:
    """Print Markdown as it is into a pipe, and set for reading on a terminal."""
    from workbench.registry.card import as_markdown

    console = open_console()
    if console.is_terminal:
        from rich.markdown import Markdown

        console.print(Markdown(as_markdown(document)))
    else:
        print(as_markdown(document), end="")
