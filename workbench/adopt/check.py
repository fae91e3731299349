"""Holds what would be written to what a stage must be, and to the notebook rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.adopt.finding import Finding
from workbench.adopt.hidden import Simulation
from workbench.adopt.magic import read_code
from workbench.adopt.read import Cell, Messy
from workbench.notebook_rules import RULES
from workbench.parameters import signature_of


def check(path: Path, adopted: Mapping[str, Any], missing: frozenset[str]) -> Iterator[Finding]:
    """Yield what is wrong with a stage's notebook.

    Args:
        path: where it would be.
        adopted: the notebook.
        missing: names that are known to be missing.

    Raises:
        ParameterError: one of its parameters cannot be one.
    """
    signature = signature_of(adopted["cells"], where=path.name)
    cells = [Cell(number, dict(raw)) for number, raw in enumerate(adopted["cells"], start=1)]
    stage = Messy(path, dict(adopted), cells)
    list(leave_out(stage))
    simulation = Simulation(stage.code, frozenset(signature.names))
    for number, name in simulation.missing([cell.number for cell in cells]):
        if name not in missing:
            text = f"would need `{name}` before it is there (cell {number} of the stage)"
            yield Finding("order", None, text, blocks=True, todo="Move the cell that makes it up.")
    for rule in RULES:
        for place, text in rule(adopted["cells"]):
            where = f"cell {place} of the stage: " if place else ""
            yield Finding("rule", None, f"{where}{text}")


def leave_out(messy: Messy) -> Iterator[Finding]:
    """Read what is not read yet, and leave out cells that are no Python: they could not run anyway."""
    for cell in messy.cells:
        if not cell.is_code:
            continue
        if cell.tree is None:
            cell.tree, cell.magics = read_code(cell.source)
        if cell.tree is None and not cell.left_out:
            cell.left_out = True
            text = "is no valid Python: it gets the tag `skip-execution`"
            yield Finding("syntax", cell.number, text, todo="Mend it, or take it out.")
