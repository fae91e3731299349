"""Tells at the end of a run who is champion now, by what evidence, and what was measured last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from workbench.cli.model_report import print_evidence
from workbench.cli.stage_report import print_metrics
from workbench.pipeline.outcome import Outcome

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.registry import ModelState
    from workbench.workspace import Workspace


def print_champions(console: Console, workspace: Workspace, run: dict[str, Any]) -> None:
    """Print the champion of each model that the run's stages train, when the run itself succeeded."""
    if run["outcome"] not in (Outcome.SUCCEEDED, Outcome.REUSED):
        return
    states = list(_touched(workspace, run))
    if not states:
        return
    last = next((entry for entry in reversed(run["stages"]) if entry["metrics"]), None)
    if last:
        console.print()
        print_metrics(console, last["name"], last["metrics"])
    for state in states:
        _print_champion(console, state, run["run"])


def _touched(workspace: Workspace, run: dict[str, Any]) -> Iterator[ModelState]:
    from workbench.registry import read_model

    stages = {entry["stage"] for entry in run["stages"] if entry["name"] == entry["stage"]}
    for name, config in workspace.project.config.models.items():
        if config.trained_by in stages:
            yield read_model(workspace.ledger, name)


def _print_champion(console: Console, state: ModelState, run: str) -> None:
    from rich.text import Text

    if state.champion is None:
        console.print(Text(f"{state.name} has no champion yet.", style="yellow"))
        return
    champion = state.versions[state.champion]
    fresh = any(
        promotion.run == run and promotion.version == champion.number
        for promotion in state.promotions.values()
    )
    words = "is champion now" if fresh else "is still champion"
    console.print(Text.assemble((f"{state.name} version {champion.number}", "bold green"), f" {words}"))
    challenger = state.versions.get(state.challenger or 0)
    if challenger is not None and challenger.run == run:
        told = f"version {challenger.number} challenges it; what comes true decides: workbench judge"
        console.print(Text(f"{told} {state.name}", style="cyan"))
    print_evidence(console, champion)
    console.print()
