"""The command `workbench`: words in, words or JSON out, and an exit code.

Exit codes: 0 done · 1 failed · 2 wrong usage or configuration · 3 rejected by a gate.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from workbench import __version__
from workbench.cli.command import LazyGroup
from workbench.cli.failure import report

_INTERRUPTED = 130

app = typer.Typer(cls=LazyGroup, rich_markup_mode=None, invoke_without_command=True)


@app.callback()
def workbench(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """The notebook you believe in is the pipeline stage that runs at night."""
    if version:
        print(f"workbench {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no error leaves as a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed before the program began, as with >&-
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        command = typer.main.get_command(app)
        code = command.main(given, prog_name="workbench", standalone_mode=False)
        sys.stdout.flush()  # here it can be told when nobody reads it; at the interpreter's end no more
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the outermost layer turns all into words
        return report(error, as_json="--json" in given, words=given)
    if code == _INTERRUPTED:  # Typer turned it into a number
        return report(KeyboardInterrupt(), as_json="--json" in given, words=given)
    return int(code or 0)
