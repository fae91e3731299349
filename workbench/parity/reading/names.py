"""Names that no cell above has made, and what the stored execution counts say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from workbench.adopt.hidden import Simulation
from workbench.notebook_file import INJECTED
from workbench.parity.fault import Fault, Kind
from workbench.parity.subject import Subject


def missing_names(subject: Subject) -> Iterator[Fault]:
    """Yield names that are not there when a cell needs them; a run knows better."""
    code = subject.messy.code
    simulation = Simulation(code, subject.given)
    for number, name in simulation.missing([cell.number for cell in code]):
        line = _line(subject, number, name)
        later = [n for n, flow in simulation.flows.items() if n > number and name in flow.bound]
        if later:
            text = f"uses `{name}`, which only cell {later[0]} below makes"
            yield Fault(Kind.ORDER, number, text, f"Move cell {later[0]} before cell {number}.", line)
        else:
            text = f"uses `{name}`, which no cell makes: a cell that did was deleted, or renamed it"
            yield Fault(Kind.STATE, number, text, f"Add the cell that makes `{name}`.", line)


def stored_session(subject: Subject) -> Iterator[Fault]:
    """Yield what only the stored session had: another order, variables exchanged with others."""
    yield from _counts(subject)
    for cell in subject.messy.code:
        for magic in cell.magics:
            if magic.kind == "line" and magic.name == "store":
                text = "%store exchanges variables with other notebooks through this person's profile"
                yield Fault(
                    Kind.STATE,
                    cell.number,
                    text,
                    "Save them to a file there, and load them here.",
                    magic.line,
                )


def _line(subject: Subject, number: int, name: str) -> int | None:
    tree = subject.cell(number).tree
    nodes = ast.walk(tree) if tree else ()
    lines = [n.lineno for n in nodes if isinstance(n, ast.Name) and n.id == name]
    return min(lines, default=None)


def _counts(subject: Subject) -> Iterator[Fault]:
    ran = [
        (cell.number, cell.count)
        for cell in subject.messy.cells
        if cell.is_code and cell.count is not None and not INJECTED & {*cell.tags}
    ]
    for (before, first), (after, second) in pairwise(ran):
        if second < first:
            text = f"was run before cell {before} (its count is {second}, that of cell {before} is {first})"
            yield Fault(Kind.ORDER, after, text, "Run all cells from the top, and save that.")


def executions_gone(subject: Subject) -> int:
    """Return how many executions of the stored session left no cell: deleted ones, or ones run again."""
    counts = {cell.count for cell in subject.messy.cells if cell.is_code and cell.count is not None}
    return max(counts) - len(counts) if counts else 0
