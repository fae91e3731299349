"""Tells what a wish to move an alias came to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workbench.cli.output import open_console, print_json, print_next

if TYPE_CHECKING:
    from workbench.registry import Decided, Registry


@contextmanager
def opened_registry(*, wait: bool = False) -> Iterator[Registry]:
    """Open the registry alone: whoever rolls back is in a hurry, and needs nothing that runs pipelines.

    Args:
        wait: whether a decision returns only when MLflow shows it, too.
    """
    from workbench.clock import SystemClock
    from workbench.ledger import open_ledger
    from workbench.project import load_project
    from workbench.registry.registry import Registry

    project = load_project()
    ledger = open_ledger(project.layout.ledger_url, SystemClock())
    try:
        yield Registry(project, ledger, later=not wait)
    finally:
        ledger.close()


def print_decided(decided: Decided, as_json: bool) -> int:
    """Print who holds the alias now, and what can be done next; return the exit code."""
    if as_json:
        print_json(decided)
        return 0
    console = open_console()
    before = "nobody" if decided.before is None else f"version {decided.before}"
    steps = [(f"workbench models {decided.model}", "versions, gates and every move")]
    if decided.moved:
        console.print(
            f"{decided.model}: version {decided.after} is {decided.alias} now; before it was {before}."
        )
        steps.append((f"workbench rollback {decided.model}", "take it back"))
    elif decided.waits:
        console.print(f"{decided.model}: version {decided.version} waits for another person's approval.")
        review = f"workbench approve {decided.model} {decided.version}"
        steps.append((review, "for somebody else to type"))
    else:
        console.print(f"{decided.model}: version {decided.version} is {decided.alias} already.")
    print_warning(decided)
    print_next(console, *steps)
    return 0


def print_warning(decided: Decided) -> None:
    """Print what did not reach MLflow."""
    if decided.warning:
        open_console(to_errors=True).print(f"warning: {decided.warning}", style="yellow", soft_wrap=True)
