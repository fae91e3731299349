"""`workbench doctor`: what is installed, reachable, writable; what to do about what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.mark import mark_of
from workbench.cli.options import Json
from workbench.cli.output import open_console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.doctor import Finding

Executor = Annotated[
    str, typer.Option("--executor", metavar="WHERE", help="Where attempts are to run, as for `run`.")
]


def doctor(executor: Executor = "local", as_json: Json = False) -> int:
    """Show what is installed, reachable and writable.

    Each line that is not well says what to do. Exit code 1: something does not work.
    """
    from workbench.cli.place import check_executor
    from workbench.doctor import Status, examine

    check_executor(executor)
    findings: list[Finding] = []
    console = None if as_json else open_console()
    for finding in examine(executor=executor):
        findings.append(finding)
        if console is not None:
            _print(console, finding)
    failed = [finding.name for finding in findings if finding.status is Status.FAIL]
    if console is None:
        print_json({"ok": not failed, "findings": findings})
    else:
        console.print()
        console.print(
            f"Mend first: {', '.join(failed)}" if failed else "All that a run needs is there.", style="bold"
        )
    return 1 if failed else 0


def _print(console: Console, finding: Finding) -> None:
    from rich.text import Text

    line = Text.assemble(mark_of(finding.status.value), f" {finding.name:<10} ", finding.said)
    console.print(line, soft_wrap=True)
    if finding.todo:
        console.print(Text(f"  {'':<10} → {finding.todo}", style="cyan"), soft_wrap=True)
