"""`workbench kernels`: the fork server behind warm kernels, and its place in JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from workbench.cli.amount import bytes_text, plural
from workbench.cli.mark import mark_of
from workbench.cli.options import Json
from workbench.cli.output import open_console, plain_table, print_json
from workbench.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.kernels.servers import ServerState

app = typer.Typer(
    help="Install, watch or stop warm kernels.",
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
)


@app.callback()
def kernels(ctx: typer.Context) -> None:
    """Install, watch or stop warm kernels.

    A fork server loads the usual imports once; every kernel that is forked from it has them at once.
    It starts by itself with the first kernel and ends by itself when it is not used.
    """
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


@app.command()
def install(as_json: Json = False) -> int:
    """Add the kernel "Python (workbench, warm)" to JupyterLab, in this environment."""
    from workbench.kernels.kernelspec import DISPLAY
    from workbench.kernels.kernelspec import install as install_kernelspec

    folder = install_kernelspec()
    if as_json:
        print_json({"kernel": DISPLAY, "folder": folder})
    else:
        print(f"{DISPLAY} is installed in {folder}; reload JupyterLab's page to see it")
    return 0


@app.command()
def start(as_json: Json = False) -> int:
    """Start the fork server of the project around this folder, and wait until it has loaded everything."""
    from pathlib import Path

    from workbench.kernels.servers import start_server
    from workbench.kernels.settings import settings_around

    return _show(lambda: [start_server(settings_around(Path.cwd(), strict=True))], as_json)


@app.command()
def status(as_json: Json = False) -> int:
    """Show the fork servers that are at work."""
    from workbench.kernels.servers import servers

    return _show(servers, as_json)


@app.command()
def stop(as_json: Json = False) -> int:
    """End the fork servers; kernels that run go on."""
    from workbench.kernels.servers import stop_servers

    return _show(stop_servers, as_json)


def _show(work: Callable[[], list[ServerState]], as_json: bool) -> int:
    from workbench.kernels.refusal import Refusal

    try:
        states = work()
    except Refusal as refusal:
        raise StorageError(
            f"There are no warm kernels here: {refusal.reason}.",
            hint="Name another folder in the environment variable WORKBENCH_KERNELS.",
            store="kernels",
        ) from refusal
    if as_json:
        print_json({"servers": states})
        return 0
    console = open_console()
    if not states:
        console.print("No fork server is at work; the next kernel starts one.")
        return 0
    columns = ("", "process", "kernels", "served", "memory", "loaded in", "python")
    table = plain_table(*columns, right=("process", "kernels", "served", "memory", "loaded in"))
    for state in states:
        table.add_row(*_cells(state))
    console.print(table)
    for state in states:
        for name, error in state.failures.items():
            console.print(f"{name} could not be loaded: {error}", style="dim")
        if not state.answers:
            console.print(f"One did not answer; its log: {state.log}", style="dim")
    console.print(plural(len(states), "fork server"), style="dim")
    return 0


def _cells(state: ServerState) -> tuple[str, ...]:
    if not state.answers:
        return (str(mark_of("fail")), *"?" * 6)
    return (
        str(mark_of("pass")),
        str(state.pid),
        str(len(state.kernels)),
        str(state.served),
        bytes_text(state.memory),
        f"{state.seconds:.1f} s" if state.ready else "loading",
        state.python,
    )
