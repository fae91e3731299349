"""Prints what adopting a notebook would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.cli.amount import plural
from workbench.cli.output import plain_table

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.adopt import Finding, Proposal

_ARROW = "  → "


def print_proposal(console: Console, proposal: Proposal, *, colour: bool) -> None:
    """Print parameters, inputs, outputs, findings, the notebook's diff and the change of workbench.toml."""
    from workbench.adopt import notebook_diff

    target = proposal.target.relative_to(proposal.root).as_posix()
    console.print(f"{proposal.source.name} as stage {proposal.stage}: {target}", style="bold")
    _print_settings(console, proposal)
    _print_files(console, proposal)
    if proposal.findings:
        console.print()
        console.print(f"{plural(len(proposal.findings), 'finding')}", style="bold")
        for finding in proposal.findings:
            _print_finding(console, finding)
    console.print()
    console.print("The notebook", style="bold")
    names = (proposal.source.name, target)
    print(notebook_diff(proposal.original, proposal.adopted, names=names, colour=colour))
    console.print(proposal.additions)
    console.print()


def _print_settings(console: Console, proposal: Proposal) -> None:
    if not proposal.settings:
        return
    table = plain_table("parameter", "type", "default", "from")
    for setting in proposal.settings:
        where = f"cell {setting.cell}" if setting.cell else "you"
        default = "required" if setting.default is None else setting.default
        table.add_row(setting.name, setting.annotation, default, f"{where}, {setting.origin}")
    console.print(table)


def _print_files(console: Console, proposal: Proposal) -> None:
    rows = [("reads", name, "another stage's output") for name in proposal.inputs]
    rows += [("reads", path, "a file; its content counts") for path in proposal.files]
    rows += [("writes", output.name, f"{output.path}, cell {output.cell}") for output in proposal.outputs]
    if rows:
        table = plain_table("", "name", "what")
        for row in rows:
            table.add_row(*row)
        console.print(table)


def _print_finding(console: Console, finding: Finding) -> None:
    from rich.text import Text

    sign, style = ("✗", "bold red") if finding.blocks else ("!", "yellow") if finding.todo else ("·", "dim")
    where = f"cell {finding.cell} " if finding.cell else ""
    console.print(
        Text.assemble((f"{sign} ", style), (f"{finding.kind}: ", "bold"), where, finding.text), soft_wrap=True
    )
    if finding.todo:
        console.print(Text(f"{_ARROW}{finding.todo}", style="cyan"), soft_wrap=True)
