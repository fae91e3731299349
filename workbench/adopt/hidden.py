"""Hidden state: names that no cell above has made, cells that ran in another order, cells that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise

from workbench.adopt.finding import Finding
from workbench.adopt.names import ALWAYS_THERE, Flow, flow_of
from workbench.adopt.read import Cell, Messy

_USUAL = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "pl": "import polars as pl",
    "pa": "import pyarrow as pa",
    "plt": "import matplotlib.pyplot as plt",
    "mpl": "import matplotlib as mpl",
    "sns": "import seaborn as sns",
    "lgb": "import lightgbm as lgb",
    "widgets": "import ipywidgets as widgets",
    "Path": "from pathlib import Path",
    "defaultdict": "from collections import defaultdict",
    "Counter": "from collections import Counter",
    "datetime": "from datetime import datetime",
    "timedelta": "from datetime import timedelta",
    "date": "from datetime import date",
    **{
        name: f"import {name}"
        for name in (
            "glob",
            "itertools",
            "json",
            "math",
            "os",
            "pickle",
            "random",
            "re",
            "sqlite3",
            "sys",
            "time",
        )
    },
}
_OPENING = frozenset({"run", "pylab", "store"})  # magics that make names


@dataclass
class Hidden:
    """What was found of hidden state.

    Attributes:
        order: the cells' numbers in the order in which they can run from top to bottom.
        moved: for each cell that was moved, the cell that it stands before now.
        imports: statements that a deleted cell must have held.
        missing: names that nothing makes, with the cell that needs each first.
    """

    order: list[int]
    moved: dict[int, int] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


class Simulation:
    """Runs through cells in an order, following names only.

    Args:
        cells: the code cells.
        given: names that stand before the first cell.
    """

    def __init__(self, cells: Sequence[Cell], given: frozenset[str] = frozenset()) -> None:
        self._cells = {cell.number: cell for cell in cells}
        self._given = given

    @cached_property
    def flows(self) -> Mapping[int, Flow]:
        """What each cell does with names."""
        return {n: flow_of(cell.tree) for n, cell in self._cells.items() if cell.tree is not None}

    def first_missing(self, order: Sequence[int]) -> tuple[int, str] | None:
        """Return the first cell that needs a name that is not there, and the name; None when all runs."""
        return next(self.missing(order), None)

    def missing(self, order: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Yield each cell and name that it needs and that is not there; a name once only."""
        there, later = set(ALWAYS_THERE | self._given), dict[str, frozenset[str]]()
        for number in order:
            flow = self.flows.get(number)
            if flow is None:
                continue
            if flow.open or any(m.kind == "line" and m.name in _OPENING for m in self._cells[number].magics):
                return  # from here on names may be there that the code does not show
            later.update(flow.later)
            for magic in self._cells[number].magics:
                if magic.kind == "cell" and magic.name == "capture":
                    there |= {word for word in magic.words.split() if not word.startswith("-")}
            for event in flow.events:
                if event.kind == "bind":
                    there.add(event.name)
                elif event.kind == "drop":
                    there.discard(event.name)
                else:
                    for name in _needed(event.name, later):
                        if name not in there:
                            there.add(name)
                            yield number, name


def _needed(name: str, later: Mapping[str, frozenset[str]]) -> list[str]:
    """Return a name and what the functions behind it need, each once."""
    found, pending = [], [name]
    while pending:
        each = pending.pop(0)
        if each not in found:
            found.append(each)
            pending += sorted(later.get(each, ()))
    return found


def look(messy: Messy, given: frozenset[str]) -> Hidden:
    """Find hidden state, and an order in which the cells can run.

    Args:
        messy: the notebook.
        given: names that get a value as parameters.
    """
    simulation = Simulation(messy.code, given)
    hidden = Hidden([cell.number for cell in messy.cells])
    _reorder(messy, simulation, hidden)
    hidden.findings += _counts(messy)
    return hidden


def _reorder(messy: Messy, simulation: Simulation, hidden: Hidden) -> None:
    given: set[str] = set()
    counts = {cell.number: cell.count for cell in messy.cells}
    while True:
        found = next((f for f in simulation.missing(hidden.order) if f[1] not in given), None)
        if found is None:
            return
        number, name = found
        maker = _maker(name, number, hidden, simulation.flows, counts)
        if maker is not None:
            hidden.order.remove(maker)
            hidden.order.insert(hidden.order.index(number), maker)
            hidden.moved[maker] = number
            hidden.findings.append(_moved(name, number, maker, hidden, simulation.flows))
            continue
        given.add(name)
        _nobody_makes(name, number, hidden)


def _maker(
    name: str, number: int, hidden: Hidden, flows: Mapping[int, Flow], counts: Mapping[int, int | None]
) -> int | None:
    """Return the cell below that makes a name: the one that was run last before the cell that needs it."""
    below = hidden.order[hidden.order.index(number) + 1 :]
    makers = [n for n in below if n in flows and name in flows[n].bound and n not in hidden.moved]
    limit = counts.get(number)
    ran = [n for n in makers if limit is not None and (counts[n] or limit + 1) < limit]
    return max(ran, key=lambda n: counts[n] or 0) if ran else next(iter(makers), None)


def _moved(name: str, number: int, maker: int, hidden: Hidden, flows: Mapping[int, Flow]) -> Finding:
    place = hidden.order.index(number)
    between = [n for n in hidden.order[place:] if n in flows and number <= n < maker]
    also = sorted(
        (flows[maker].bound - {name}) & set[str]().union(*(flows[n].used | flows[n].bound for n in between))
    )
    risk = (
        f"; it also sets {', '.join(f'`{each}`' for each in also)}, which cells in between use"
        if also
        else ""
    )
    text = f"uses `{name}`, which only cell {maker} below makes: cell {maker} is moved before it{risk}"
    todo = f"Check that cell {maker} may run before cell {number}." if also else ""
    return Finding("order", number, text, todo=todo)


def _nobody_makes(name: str, number: int, hidden: Hidden) -> None:
    statement = _USUAL.get(name)
    if statement and find_spec(statement.split()[1].partition(".")[0]):
        hidden.imports.append(statement)
        text = f"uses `{name}`, which no cell makes: `{statement}` is added"
        hidden.findings.append(Finding("hidden-state", number, text))
        return
    hidden.missing[name] = number
    hidden.findings.append(
        Finding(
            "hidden-state",
            number,
            f"uses `{name}`, which no cell makes: a cell that did was deleted or renamed",
            blocks=True,
            todo=f"Give its value, -p {name}=VALUE, or add the cell that makes it.",
        )
    )


def _counts(messy: Messy) -> Iterator[Finding]:
    """Yield what the execution counts say: another order, runs that left no cell, cells that never ran."""
    ran = [(cell.number, cell.count) for cell in messy.cells if cell.is_code and cell.count is not None]
    if not ran:
        return
    for (before, first), (after, second) in pairwise(ran):
        if second < first:
            text = (
                f"was run before cell {before} (number {second} and {first}); a stage runs from top to bottom"
            )
            yield Finding("order", after, text)
    counts = {count for _, count in ran}
    gone = max(counts) - len(counts)
    if gone:
        text = (
            f"{gone} of {max(counts)} executions left no cell: cells were deleted, or run again; "
            "what they did is not repeated"
        )
        yield Finding("hidden-state", None, text)
    for cell in messy.cells:
        if cell.is_code and cell.source.strip() and cell.count is None and not cell.left_out:
            yield Finding("order", cell.number, "was never run in the session that was saved")
