"""`workbench timeline`: what happened to a model, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.amount import plural
from workbench.cli.moment import parse_moment
from workbench.cli.options import Json, Model
from workbench.cli.output import open_console, plain_table, print_json, print_next
from workbench.errors import StorageError

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.rehearsal.timeline import Timeline

Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Where it begins; with the first champion.")
]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Where it ends; now.")]
Folder = Annotated[
    Path | None, typer.Option("--in", metavar="DIR", help="Write here; below .workbench if left out.")
]
_STYLES = {"good": "green", "bad": "red", "doubt": "yellow", "plain": "cyan"}


def timeline(
    model: Model, *, since: Since = None, until: Until = None, into: Folder = None, as_json: Json = False
) -> int:
    """Show what happened to a model that serves, and what came of it.

    Alerts, trainings, refusals, promotions and rollbacks are read from the ledger; the number before each
    line is the event's position, by which `workbench audit export` has it too. What answered is compared
    with the first version alone, on the same predictions. A page, its picture (PNG and SVG) and the same
    as JSON are written. A time without a zone is one of the model's own.
    """
    from workbench.rehearsal.timeline import write
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        timezone = workspace.project.model(model).monitoring.timezone
        begins = parse_moment(since, "--since", timezone)
        ends = parse_moment(until, "--until", timezone)
        folder = into or workspace.project.layout.state / "timeline" / model
        _make(folder)
        found = write(workspace, model, since=begins, until=ends, folder=folder)
    if as_json:
        print_json(found)
    else:
        _print(open_console(), found)
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            hint="Name another one as --in.",
            store=str(folder),
        ) from None


def _print(console: Console, found: Timeline) -> None:
    from rich.text import Text

    from workbench.rehearsal.moment import KINDS

    console.print(Text.assemble((found.title, "bold"), f"  {found.sentence}"), soft_wrap=True)
    table = plain_table("event", "when", "kind", "what", "who", "why", right=("event",))
    for each in found.moments:
        kind = Text(each.kind, style=_STYLES[KINDS[each.kind]])
        row = (
            str(each.position),
            f"{found.local(each.at):%Y-%m-%d %H:%M}",
            kind,
            each.what,
            each.who,
            each.why,
        )
        table.add_row(*row)
    console.print()
    console.print(table)
    print_comparison(console, found)
    console.print(f"The same as a page, with the picture: {found.files['html']}", soft_wrap=True)
    print_next(
        console,
        (f"workbench models {found.model}", "who is champion now"),
        ("workbench audit export", "every event, each with its position"),
    )


def print_comparison(console: Console, found: Timeline) -> None:
    """Print what answered beside the first version alone."""
    if found.comparison is None:
        console.print(f"Nothing was compared. {found.missing}", style="dim", soft_wrap=True)
        return
    first = f"version {found.comparison.first} alone"
    columns = ("metric", "what answered", first, "difference", "interval", "verdict")
    table = plain_table(*columns, right=columns[1:5])
    for each in found.comparison.differences:
        interval = f"{each.lower:+.4f} to {each.upper:+.4f}"
        numbers = (f"{each.served:.4f}", f"{each.first:.4f}", f"{each.difference:+.4f}", interval)
        table.add_row(each.metric, *numbers, each.says)
    console.print()
    console.print(table)
    rows, blocks = plural(found.comparison.labelled, "labelled row"), found.comparison.blocks
    told = (
        f"{rows} in {blocks} blocks of {found.comparison.block}; {found.comparison.confidence:.0%} intervals"
    )
    console.print(told, style="dim", soft_wrap=True)
