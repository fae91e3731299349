"""Tells of aliases that somebody moved in MLflow by hand, and of an MLflow that lags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.cli.output import open_console

if TYPE_CHECKING:
    from workbench.registry import Difference, Registry


def look_at_mlflow(registry: Registry, model: str | None, *, repair: bool = False) -> list[Difference]:
    """Return what MLflow shows otherwise than the ledger; with `repair`, it is put back first.

    An MLflow that does not answer is a warning when nobody asked to repair it, for the ledger knows all
    that is asked for.
    """
    from workbench.errors import TrackingError

    try:
        found = registry.differences()
        if repair:
            registry.project(anew=True)
            _say_repaired(found)
            found = registry.differences()
    except TrackingError as error:
        if repair:
            raise
        _warn(f"whether MLflow shows the same cannot be said: {error.message}")
        return []
    return [difference for difference in found if model in (None, difference.model)]


def print_strays(found: Sequence[Difference]) -> None:
    """Print on standard error what was moved by hand, and what only lags."""
    strays = [difference for difference in found if difference.by_hand]
    for stray in strays:
        _warn(f"moved by hand: {stray}. The ledger decides; this is noted in it.")
    behind = dict.fromkeys(difference.model for difference in found if not difference.by_hand)
    if behind:
        _warn(
            f"MLflow does not show all of {', '.join(behind)} yet; the next run or decision brings it level."
        )
    if found:
        _warn("bring MLflow to the ledger now: workbench models --repair", "")


def _say_repaired(found: Sequence[Difference]) -> None:
    console = open_console(to_errors=True)
    for difference in found:
        console.print(f"put back: {difference}", soft_wrap=True)
    if not found:
        console.print("MLflow shows what the ledger says; there was nothing to put back.", soft_wrap=True)


def _warn(text: str, head: str = "warning: ") -> None:
    open_console(to_errors=True).print(f"{head}{text}", style="yellow", soft_wrap=True)
