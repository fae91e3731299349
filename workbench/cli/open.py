"""`workbench open`: a stage of a run in JupyterLab, with exactly its inputs and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.options import Json, RunId
from workbench.cli.output import open_console, print_json, print_next

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.pipeline.opening import Opened


def open_(
    run: RunId,
    stage: Annotated[
        str | None, typer.Argument(metavar="STAGE", help="A stage of it; the one that failed if left out.")
    ] = None,
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open JupyterLab on it, or only make it ready.")
    ] = True,
    close: Annotated[
        bool, typer.Option("--close", help="Let its sessions read the newest inputs again.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Open a stage of a run in JupyterLab, with exactly its inputs and parameters.

    What opens is the project's own notebook: mend it there and save it. Until `workbench resume` has gone
    on behind it, wb.stage(…) in it loads what that run read, and sets what that run was given. A
    JupyterLab that shows the project is used; otherwise one is started, until Ctrl-C.
    """
    from workbench.cli.lab import start_lab
    from workbench.pipeline.jupyter import url_in_lab
    from workbench.pipeline.opening import close_stage
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        if close:
            found = workspace.show(run)
            return _close(*close_stage(workspace.project, found, stage), as_json)
        opened = workspace.open(run, stage)
        root = workspace.project.root
    url = url_in_lab(root, opened)
    if as_json:
        print_json({**opened.to_dict(), "url": url})
        return 0
    _print(opened, root, url)
    if not browser:
        return 0
    if url:
        import webbrowser

        webbrowser.open(url)
        return 0
    return start_lab(root, opened.url_path(root))


def _close(stage: str, was: str, as_json: bool) -> int:
    if as_json:
        print_json({"stage": stage, "closed": bool(was), "run": was})
    elif was:
        print(f"{stage}: sessions read the newest inputs again, and no more those of run {was}")
    else:
        print(f"{stage}: sessions read the newest inputs; it was not open")
    return 0


def _print(opened: Opened, root: Path, url: str | None) -> None:
    from rich.text import Text

    console = open_console()
    first, *others = opened.pin.words()
    console.print(Text(first, style="bold"))
    for line in others:
        console.print(Text(f"  {line}"), soft_wrap=True)
    console.print(Text(f"  notebook  {opened.notebook.relative_to(root)}", style="dim"), soft_wrap=True)
    if opened.pin.executed:
        console.print(Text(f"  as it ran {opened.pin.executed}", style="dim"), soft_wrap=True)
    if url:
        console.print(Text(f"  {url}", style="green"), soft_wrap=True)
    print_next(
        console, *([] if url else [("workbench lab", "JupyterLab on the project")]), *opened.pin.steps()
    )
