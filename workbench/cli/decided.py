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
    from workbench.clock import system_clock
    from workbench.ledger import open_ledger
    from workbench.project import load_project
    from workbench.registry.registry import Registry

    project = load_project()
    ledger = open_ledger(project.layout.ledger_url, system_clock())
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
    console.print(_told(decided), soft_wrap=True)
    print_warning(decided)
    print_next(console, *_steps(decided))
    return 0


def _told(decided: Decided) -> str:
    model, version, alias = decided.model, decided.version, decided.alias
    if decided.moved and decided.after is None:
        rest = f"version {decided.deployment.champion}, the champion, answers everything"
        return f"{model}: version {decided.before} is {alias} no more; {rest}."
    if not decided.moved and decided.waits:
        return f"{model}: version {version} waits for another person's approval."
    if not decided.moved:
        return f"{model}: version {version} is {alias} already{_share_text(decided)}."
    before = "nobody" if decided.before is None else f"version {decided.before}"
    return f"{model}: version {decided.after} is {alias} now{_share_text(decided)}; before it was {before}."


def _share_text(decided: Decided) -> str:
    from workbench.registry.share import share_text

    if decided.alias == "champion":
        return ""
    share = decided.deployment.share
    return f", with {share_text(share)} of the traffic" if share else ", without traffic yet"


def _steps(decided: Decided) -> list[tuple[str, str]]:
    model = decided.model
    steps = [(f"workbench models {model}", "versions, gates and every move")]
    if not decided.moved and decided.waits:
        steps.append((f"workbench approve {model} {decided.version}", "for somebody else to type"))
    elif decided.alias == "challenger" and decided.after is not None:
        steps.append((f"workbench traffic {model} 25%", "give it another share"))
    if (
        decided.moved
        and decided.after is not None
        and (decided.alias == "champion" or decided.deployment.share)
    ):
        steps.append((f"workbench rollback {model}", "take it back"))
    return steps


def print_warning(decided: Decided) -> None:
    """Print what did not reach MLflow."""
    if decided.warning:
        open_console(to_errors=True).print(f"warning: {decided.warning}", style="yellow", soft_wrap=True)
