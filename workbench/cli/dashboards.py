"""`workbench dashboards`: what stakeholders look at, and where approvals happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.options import Json
from workbench.cli.output import open_console, print_json

if TYPE_CHECKING:
    from workbench.dashboards.app.server import Opened


def dashboards(
    *,
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; elsewhere than on this machine needs [access].")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The TCP port; 0 takes a free one.")
    ] = 5006,
    open_: Annotated[bool, typer.Option("--open", help="Open them in the browser.")] = False,
    origin: Annotated[
        list[str] | None,
        typer.Option(
            "--origin", metavar="HOST[:PORT]", help="An address that browsers reach them under; repeatable."
        ),
    ] = None,
    prefix: Annotated[str, typer.Option("--prefix", help="What a proxy puts before every path.")] = "",
    as_json: Json = False,
) -> int:
    """Show experiments, drift and deployments in the browser, until Ctrl-C.

    Without [access] in workbench.toml they answer this machine only, and whoever is on it may do
    everything. `workbench access add` gives people roles, and lets them sign in. In the folder of a demo
    they go by its time, which the pages then show.
    """
    from workbench.dashboards.app.server import serve
    from workbench.project import load_project
    from workbench.rehearsal.place import clock_of

    def opened(what: Opened) -> None:
        _tell(what, as_json=as_json)
        if open_:
            import webbrowser

            webbrowser.open(what.url)

    project = load_project()
    serve(
        project,
        clock_of(project.root),
        host=host,
        port=port,
        origins=origin or (),
        prefix=prefix,
        opened=opened,
    )
    return 0


def _tell(what: Opened, *, as_json: bool) -> None:
    if as_json:
        broken = {file: f"{type(error).__name__}: {error}" for file, error in what.broken.items()}
        pages = [page.path for page in what.pages]
        print_json({"url": what.url, "pages": pages, "sign_in": what.way, "broken": broken})
        return
    from rich.text import Text

    console = open_console()
    console.print(Text.assemble((what.url, "bold green"), "  Ctrl-C to stop"))
    for page in what.pages:
        console.print(Text.assemble((f"  {page.title}", "bold"), f"  {what.url}{page.path}"))
    if what.way == "open":
        console.print(
            Text(
                "! Nobody has to sign in: this machine only, and whoever is on it may do everything.",
                "yellow",
            )
        )
    for file, error in what.broken.items():
        console.print(Text(f"! {file}: {type(error).__name__}: {error}", style="bold red"), soft_wrap=True)
