"""`workbench judge`: what came true decides about a challenger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import count_text, number_text
from workbench.cli.options import Json, Model, Reason
from workbench.cli.output import open_console, plain_table, print_json, print_next
from workbench.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.monitoring.judgement import Judgement

_COLOURS = {"pass": "green", "fail": "bold red", "inconclusive": "yellow"}
_DONE = {
    "none": "nothing changes",
    "raised": "it gets {share} of the traffic",
    "promoted": "it becomes champion",
    "withdrawn": "it is withdrawn",
    "rolled_back": "it is rolled back",
    "asked": "a person is asked",
    "expired": "its time ran out, and it is withdrawn",
}


def judge(
    model: Model,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; do and record nothing.")
    ] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="End the challenge yourself, whatever its outcomes.")
    ] = False,
    reason: Reason = "",
    as_json: Json = False,
) -> int:
    """Judge a model's challenger by what came true, and do what follows.

    The losses of challenger and champion on the same requests are compared block by block, as
    [models.MODEL.challenge] says. No worse: it gets more traffic, and in the end becomes champion by the
    model's promotion policy. Worse, or a guardrail broken: it is withdrawn. Otherwise the champion stays.
    Look as often as you like: the declared level holds over all looks together.
    """
    from workbench.monitoring.judgement import judge as judged
    from workbench.workspace import open_workspace

    if withdraw:
        return _withdraw(model, reason, dry_run, as_json)
    if reason:
        raise UsageError("A judgement gives its own reason.", hint="--reason goes with --withdraw.")
    with open_workspace() as workspace:
        found = judged(workspace, model, act=not dry_run)
    if as_json:
        print_json({"model": model, "judgement": found, "acted": found is not None and not dry_run})
    elif found is None:
        open_console().print(f"{model}: nobody challenges the champion.")
    else:
        _print(open_console(), found, dry_run)
    return 0


def _withdraw(model: str, reason: str, dry_run: bool, as_json: bool) -> int:
    from workbench.monitoring.judgement import withdraw
    from workbench.workspace import open_workspace

    if dry_run:
        raise UsageError("--withdraw does something, and --dry-run does nothing.", hint="Keep one of them.")
    with open_workspace() as workspace:
        number = withdraw(workspace, model, reason=reason)
    if as_json:
        print_json({"model": model, "withdrawn": number})
    else:
        open_console().print(
            f"{model}: version {number} is challenger no more; the champion answers everything."
        )
    return 0


def _print(console: Console, found: Judgement, dry_run: bool) -> None:
    from rich.text import Text

    from workbench.registry.share import share_text

    head = f"{found.model}: version {found.version} beside version {found.against}, the champion: "
    console.print(Text.assemble(head, (found.verdict, "bold")), soft_wrap=True)
    table = plain_table(
        "metric", "difference", "at least", "at most", "margin", "blocks", "rows", right=_RIGHT
    )
    figures = (found.mean, found.lower, found.upper, found.margin)
    counts = (count_text(found.blocks), count_text(found.rows))
    table.add_row(found.metric, *(number_text(value) for value in figures), *counts)
    console.print(table)
    if found.guardrails:
        rails = plain_table("guardrail", "verdict", "found")
        for check in found.guardrails:
            colour = _COLOURS[check.verdict.value]
            rails.add_row(
                check.name, Text(f"{check.verdict.mark} {check.verdict.value}", style=colour), check.note
            )
        console.print(rails)
    done = _DONE[found.action].format(share=share_text(found.share))
    console.print(f"{'Would be done' if dry_run else 'Done'}: {done}.")
    console.print(Text(found.reason, style="dim"), soft_wrap=True)
    steps = [(f"workbench models {found.model}", "versions, gates and every move")]
    if found.action in ("none", "raised", "asked"):
        steps.append((f"workbench judge {found.model} --withdraw", "end the challenge yourself"))
    print_next(console, *steps)


_RIGHT = ("difference", "at least", "at most", "margin", "blocks", "rows")
