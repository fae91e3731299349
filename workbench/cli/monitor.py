"""`workbench monitor`: a window of what callers asked, held against what the model was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import count_text, number_text, plural
from workbench.cli.moment import parse_moment
from workbench.cli.options import Json, Model
from workbench.cli.output import open_console, plain_table, print_json, print_next

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.monitoring.finding import Check, WindowReport
    from workbench.monitoring.watch import Watched

_MOST = 8  # checks of a kind; of those that passed, fewer
_COLOURS = {"pass": "green", "fail": "bold red", "inconclusive": "yellow"}


def monitor(
    model: Model,
    *,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="The window's first moment.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="The first moment after the window.")
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Make Evidently's report of the window, too; takes seconds.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when a check fails.")] = False,
    as_json: Json = False,
) -> int:
    """Look at a window of what a model was asked and answered, and let alerts follow.

    Runs the notebook stage that [models.MODEL.monitoring] names. Without times, the last whole window that
    has ended. A time without a zone is one of the model's own. What there is too little evidence for is
    inconclusive, and never passes.
    """
    from workbench.monitoring.watch import watch
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        timezone = workspace.project.model(model).monitoring.timezone
        begin, end = parse_moment(since, "--since", timezone), parse_moment(until, "--until", timezone)
        found = watch(workspace, model, since=begin, until=end, page=True if report else None)
    if as_json:
        print_json(found)
    else:
        _print(open_console(), found)
    if found.report is None:
        return 1
    failed = any(check.verdict.value == "fail" for check in found.report.checks)
    return 3 if strict and failed else 0


def _print(console: Console, found: Watched) -> None:
    from rich.text import Text

    run = found.run.run
    if found.report is None:
        outcome = found.run.outcome.value if found.run.outcome else "unfinished"
        console.print(Text.assemble(("✗ ", "bold red"), f"The stage that monitors {outcome}; run {run}"))
        print_next(console, (f"workbench show {run}", "the cell and the error"))
        return
    _print_head(console, found.report)
    _print_checks(console, found.report)
    for change in found.changes:
        colour = "green" if change.what == "resolved" else "bold red"
        console.print(Text(f"{change.alert.id} {change.what} ({change.alert.severity})", style=colour))
    if found.page is not None:
        console.print(f"Evidently's report: {found.page}", soft_wrap=True)
    steps = [(f"workbench open {run} {found.run.pipeline.removeprefix('stage ')}", "the notebook behind it")]
    if found.changes:
        steps.insert(0, (f"workbench alerts show {found.changes[0].alert.id}", "why, and what changed"))
    print_next(console, *steps)


def _print_head(console: Console, report: WindowReport) -> None:
    from rich.text import Text

    verdict = report.verdict()
    against = (
        f"held against the reference of version {report.reference}"
        if report.reference is not None
        else "held against no reference"
    )
    console.print(
        Text.assemble(
            (report.model, "bold"),
            f", {report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC: ",
            (f"{verdict.mark} {verdict.value}", _COLOURS[verdict.value]),
        ),
        soft_wrap=True,
    )
    console.print(
        f"{plural(report.rows, 'row')}, {count_text(report.labelled)} with their truth; {against}",
        soft_wrap=True,
    )
    for each in report.versions:
        told = f"  version {each['version']} as {each['arm']}: {plural(each['rows'], 'row')}"
        console.print(told, style="dim")
    console.print()


def _print_checks(console: Console, report: WindowReport) -> None:
    from rich.text import Text

    from workbench.monitoring.page import as_lines

    table = plain_table("about", "check", "verdict", "value", "limit", "why", right=("value", "limit"))
    for title, _, checks in as_lines(report, _MOST):
        for place, check in enumerate(checks):
            verdict = Text(f"{check.verdict.mark} {check.verdict.value}", _COLOURS[check.verdict.value])
            numbers = (number_text(check.value), number_text(check.limit))
            table.add_row(title if place == 0 else "", _named(check), verdict, *numbers, check.note)
    console.print(table)
    shown = sum(len(checks) for _, _, checks in as_lines(report, _MOST))
    if len(report.checks) > shown:
        console.print(f"and {len(report.checks) - shown} more; all of them: --json", style="dim")
    console.print()


def _named(check: Check) -> str:
    if check.version is None:
        return check.name
    return f"{check.name} (version {check.version}{f', {check.arm}' if check.arm else ''})"
