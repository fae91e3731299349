"""`workbench diff`: what differs between two runs, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.amount import number_text, plural
from workbench.cli.options import Json
from workbench.cli.output import open_console, plain_table, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.pipeline.cell_diff import CellDiff
    from workbench.pipeline.difference import Change, Consequence
    from workbench.pipeline.run_diff import RunDiff

_TITLES = {
    "stage": "Stages",
    "code": "Code",
    "module": "Modules",
    "parameter": "Parameters",
    "data": "Data",
    "output": "Declared outputs",
    "environment": "Environment",
}
_EFFECTS = ("outcome", "champion", "data", "metric")  # in the order in which they are told
_COLOURS = {"+": "green", "-": "red"}
_AROUND = 2  # lines that are the same, shown beside those that are not


def diff(
    old: Annotated[str, typer.Argument(metavar="RUN_A", help="A run's id, its beginning, or 'last'.")],
    new: Annotated[str, typer.Argument(metavar="RUN_B", help="The run that is compared with it.")],
    stage: Annotated[str | None, typer.Argument(metavar="STAGE", help="Only this stage.")] = None,
    as_json: Json = False,
) -> int:
    """Show what differs between two runs: code, parameters, data, environment; and what came of it.

    What somebody changed comes first, once. Metrics, outcomes, and data that only differ because of that
    stand below, as consequences.
    """
    from workbench.workspace import open_workspace

    with open_workspace() as workspace:
        found = workspace.difference(old, new, stage)
    if as_json:
        print_json(found)
    else:
        _print(open_console(), found)
    return 0


def _print(console: Console, found: RunDiff) -> None:
    from rich.text import Text

    what = found.difference
    console.print(Text.assemble((what.old, "bold"), "  →  ", (what.new, "bold")))
    if not what.changes:
        console.print(
            "As far as is recorded, nothing differs."
            if what.unknown
            else "Nothing differs: the same code ran with the same parameters on the same data."
        )
    for kind, title in _TITLES.items():
        changes = [change for change in what.changes if change.kind == kind]
        if changes:
            console.print(Text(f"\n{title}", style="bold"))
        _print_changes(console, changes, found)
    for entry, number in found.texts.items():
        said = f"{plural(number, 'cell')} of {entry} differ{'s' * (number == 1)} in comments or text alone"
        console.print(Text(f"  {said}", style="dim"))
    if what.unknown:
        said = f"\n! What these ran is not recorded in both runs: {', '.join(what.unknown)}"
        console.print(Text(said, style="yellow"))
    _print_consequences(console, what.consequences)


def _print_changes(console: Console, changes: Iterable[Change], found: RunDiff) -> None:
    from rich.text import Text

    shown: set[str] = set()
    for change in changes:
        console.print(Text(f"  {change.line}"), soft_wrap=True)
        if change.kind == "code" and change.entries[0] not in shown:
            shown.add(change.entries[0])
    for entry in sorted(shown):
        for cell in found.cells.get(entry, ()):
            _print_cell(console, entry, cell)
        if entry in found.hidden:
            console.print(Text(f"    its lines are not shown: {found.hidden[entry]}", style="dim"))


def _print_cell(console: Console, entry: str, cell: CellDiff) -> None:
    from rich.text import Text

    console.print(Text(f"    {entry}, cell {cell.new or cell.old} {cell.change}", style="bold cyan"))
    differs = [number for number, line in enumerate(cell.lines) if line.sign != " "]
    for number, line in enumerate(cell.lines):
        if any(abs(number - other) <= _AROUND for other in differs):
            console.print(
                Text(f"    {line.sign} {line.text}", style=_COLOURS.get(line.sign, "dim")), soft_wrap=True
            )


def _print_consequences(console: Console, consequences: Iterable[Consequence]) -> None:
    from rich.text import Text

    found = list(consequences)
    if not found:
        return
    console.print(Text("\nWhat came of it", style="bold"))
    for effect in sorted(found, key=lambda effect: _EFFECTS.index(effect.kind)):
        if effect.kind != "metric" and not _is_told(effect, found):
            console.print(Text(f"  {effect.entry}: {effect.text}", style="dim"), soft_wrap=True)
    metrics = [effect for effect in found if effect.kind == "metric"]
    if metrics:
        table = plain_table("metric", "before", "after", "change", right=("before", "after", "change"))
        for effect in metrics:
            table.add_row(f"{effect.entry}/{effect.name}", *_numbers(effect.before, effect.after))
        console.print(table)


def _is_told(effect: Consequence, found: Iterable[Consequence]) -> bool:
    """Whether data that a stage reads is told of already, where it is made."""
    same = (other for other in found if other.kind == "data" and other.name == effect.name)
    return effect.kind == "data" and next(same) is not effect


def _numbers(before: Any, after: Any) -> tuple[str, str, str]:
    change = "–" if before is None or after is None else f"{after - before:+.6g}"
    return number_text(before), number_text(after), change
