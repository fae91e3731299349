"""Tells of a model: who is champion, which versions there are, what the gates said, how aliases moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.cli.amount import number_text, plural, time_text
from workbench.cli.mark import mark_of, marked
from workbench.cli.output import plain_table

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.registry import Difference, ModelState, Version

    Blocked = Mapping[tuple[str, int], str]
    """Why a model's promotion of that number cannot be approved now; empty when it can."""

_MOST_METRICS = 4


def describe_model(
    state: ModelState, blocked: Blocked | None = None, strays: Sequence[Difference] = ()
) -> dict[str, Any]:
    """Return a model as `workbench models --json` prints it."""
    why = blocked or {}
    return {
        "model": state.name,
        "aliases": state.aliases,
        "deployment": state.deployment.to_dict(),
        "refusals": list(state.refusals.values()),
        "versions": [_describe_version(state, version) for version in _newest_first(state)],
        "waiting": [
            {**promotion.to_dict(), "blocked": why.get((state.name, promotion.number), "")}
            for promotion in state.pending
        ],
        "promotions": [promotion.to_dict() for promotion in state.promotions.values()],
        "moves": [move.to_dict() for move in state.moves],
        "mlflow": [difference for difference in strays if difference.model == state.name],
    }


def print_model(console: Console, state: ModelState, metric: str = "", most: int | None = None) -> None:
    """Print a model's versions, the newest first.

    Args:
        console: where to.
        state: the model.
        metric: the one that the project declares for it; it comes first.
        most: how many versions at most, all of them when None.
    """
    from rich.text import Text

    console.print(Text.assemble((state.name, "bold"), f"  {_champion_text(state)}"))
    _print_deployment(console, state)
    if not state.versions:
        console.print(
            "  No version is registered yet; the pipeline that trains it registers one.", style="dim"
        )
        return
    shown = _newest_first(state)[:most]
    metrics = _metrics(shown, metric)
    table = plain_table(
        "version", "alias", "gates", *metrics, "registered", "run", "by", right=("version", *metrics)
    )
    for version in shown:
        table.add_row(
            str(version.number),
            Text(_aliases(state, version.number), style="bold green"),
            marked(version.verdict.value) if version.verdict else Text("not evaluated", style="dim"),
            *(number_text(version.metrics.get(name)) for name in metrics),
            time_text(version.at),
            version.run,
            version.actor,
        )
    console.print(table)
    if hidden := len(state.versions) - len(shown):
        console.print(f"and {plural(hidden, 'older version')}: workbench models {state.name}", style="dim")


def print_waiting(console: Console, state: ModelState, blocked: Blocked) -> None:
    """Print what waits for an approval: by whom, why, and how to answer."""
    from rich.text import Text

    from workbench.registry.compared import difference_words

    for promotion in state.pending:
        by = f"run {promotion.run}, started by {promotion.author}" if promotion.run else promotion.actor
        console.print(
            Text.assemble(
                (f"! version {promotion.version} waits to become {promotion.alias}", "bold yellow"),
                (f"  {promotion.policy}, promotion {state.name}:{promotion.number}", "dim"),
            )
        )
        because = f": {promotion.reason}" if promotion.reason else ""
        console.print(Text(f"    asked for by {by} on {time_text(promotion.at)}{because}"), soft_wrap=True)
        for line in difference_words(promotion.difference):
            console.print(Text(f"    {line}", style="dim"), soft_wrap=True)
        why = blocked.get((state.name, promotion.number), "")
        if why:
            console.print(Text(f"    cannot be approved now: {why}", style="red"), soft_wrap=True)
        what = f"{state.name} {promotion.version}"
        answers = f"workbench card {what.replace(' ', '/')}, then workbench approve {what} or reject {what}"
        console.print(Text(f"    {answers}", style="cyan"))


def print_decisions(console: Console, state: ModelState) -> None:
    """Print what people said to promotions: when, by whom, why; the newest first."""
    decided = [p for p in state.promotions.values() if p.decision and p.policy != "automatic"]
    if not decided:
        return
    table = plain_table("when", "version", "asked for by", "decision", "by", "why", right=("version",))
    for promotion in reversed(decided):
        decision = promotion.decision
        assert decision is not None
        table.add_row(
            time_text(decision.at),
            str(promotion.version),
            promotion.author or promotion.actor,
            marked(promotion.state),
            decision.actor,
            decision.reason or "–",
        )
    console.print(table)
    console.print()


def print_evidence(console: Console, version: Version) -> None:
    """Print what each gate said of a version."""
    from rich.text import Text

    for result in version.gates:
        console.print(
            Text("  ").append_text(mark_of(result.verdict.value)).append(f" {result.name}  {result.summary}")
        )


def print_moves(console: Console, state: ModelState) -> None:
    """Print how the aliases moved: when, from where, by whom, why; the newest first."""
    if not state.moves:
        return
    table = plain_table("when", "alias", "from", "to", "by", "why", right=("from", "to"))
    for move in reversed(state.moves):
        why = f"{move.why}: {move.reason}" if move.reason else move.why
        before = "–" if move.before is None else str(move.before)
        table.add_row(time_text(move.at), move.alias, before, str(move.after or "–"), move.actor, why)
    console.print(table)


def _print_deployment(console: Console, state: ModelState) -> None:
    from rich.text import Text

    from workbench.cli.traffic import deployment_text

    deployment = state.deployment
    if deployment.challenger is not None or deployment.shadows:
        console.print(Text(f"  {deployment_text(deployment)}"), soft_wrap=True)
    for number in deployment.versions:
        refusal = state.refusals.get(number)
        if refusal is not None:
            told = (
                f"! version {number} does not serve: it failed at {refusal.step} on {time_text(refusal.at)}"
            )
            console.print(Text(told, style="bold red"), soft_wrap=True)
            console.print(Text(f"    {refusal.sentence}", style="red"), soft_wrap=True)
            console.print(Text("    What served before it goes on.", style="dim"))


def _champion_text(state: ModelState) -> str:
    if state.champion is None:
        return "no champion"
    move = next(move for move in reversed(state.moves) if move.alias == "champion")
    return f"champion is version {state.champion}, by {move.why} on {time_text(move.at)}"


def _describe_version(state: ModelState, version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "aliases": [alias for alias, number in state.aliases.items() if number == version.number],
        "verdict": version.verdict,
        "gates": version.gates,
        "metrics": version.metrics,
        "parameters": version.parameters,
        "fingerprint": version.fingerprint,
        "run": version.run,
        "stage": version.stage,
        "registered": version.at,
        "actor": version.actor,
    }


def _newest_first(state: ModelState) -> list[Version]:
    return sorted(state.versions.values(), key=lambda version: version.number, reverse=True)


def _metrics(versions: list[Version], first: str) -> list[str]:
    names = dict.fromkeys(name for version in versions for name in version.metrics)
    return sorted(names, key=lambda name: name != first)[:_MOST_METRICS]


def _aliases(state: ModelState, number: int) -> str:
    held = [alias for alias, holder in state.aliases.items() if holder == number]
    return ", ".join([*held, "shadow"] if number in state.shadows else held)
