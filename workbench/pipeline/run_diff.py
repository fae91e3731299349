"""Two runs compared as people want to see it: what differs, and the lines of the cells that do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.notebook_file import INJECTED, read_cells
from workbench.pipeline.cell_diff import ADDED, CHANGED, REMOVED, SAME, CellDiff, diff_cells
from workbench.pipeline.code import cell_prints
from workbench.pipeline.difference import Difference, difference
from workbench.pipeline.whereabouts import States, find_place

if TYPE_CHECKING:
    from workbench.ledger import Ledger
    from workbench.pipeline.history import RunState
    from workbench.project import Layout

_NO_CODE = {*INJECTED, "papermill-error-cell-tag"}
_MOST_CHARACTERS = 200_000  # of source; beyond that aligning takes minutes
_GONE = "an executed notebook is not on this machine"
_LONG = f"the notebooks hold more than {_MOST_CHARACTERS:,} characters"


@dataclass(frozen=True)
class RunDiff:
    """What differs between two runs, with the lines.

    Attributes:
        cells: by entry, the cells whose code differs, as nbdime aligns them.
        texts: by entry, how many other cells differ: in comments, or Markdown.
        hidden: by entry, why the lines of code that differs cannot be shown.
    """

    difference: Difference
    cells: Mapping[str, tuple[CellDiff, ...]] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        cells = {name: [asdict(cell) for cell in found] for name, found in self.cells.items()}
        return {**self.difference.to_dict(), "cells": cells, "texts": self.texts, "hidden": self.hidden}


def run_diff(
    ledger: Ledger,
    layout: Layout,
    states: States,
    old: RunState,
    new: RunState,
    *,
    stages: Collection[str] | None = None,
) -> RunDiff:
    """Return what differs between two runs, and for code the lines.

    Args:
        ledger: holds both runs.
        layout: where the executed notebooks lie.
        states: for the runs that results were reused from.
        old: the run that is compared with.
        new: the run in question.
        stages: only these entries; all when None.

    Raises:
        UnknownNameError: neither run has one of the stages.
        StorageError: the ledger cannot be read.
    """
    found = difference(ledger, old, new, stages=stages)
    cells: dict[str, tuple[CellDiff, ...]] = {}
    texts: dict[str, int] = {}
    hidden: dict[str, str] = {}
    for name in [n for n in old.entries if n in new.entries and (stages is None or n in stages)]:
        differs = any(change.kind == "code" and name in change.entries for change in found.changes)
        try:
            both = [_cells(find_place(layout, states, state, name).notebook) for state in (old, new)]
            if both[0] == both[1]:
                continue
            code, other = _sorted(*both)
        except WorkbenchError as error:
            if differs:
                hidden[name] = error.message
            continue
        if code and (differs or name in found.unknown):
            cells[name] = code
        if other:
            texts[name] = other
    return RunDiff(found, cells, texts, hidden)


def _cells(notebook: Path | None) -> list[dict[str, Any]]:
    """Return the cells as the project has them: without what was injected, and without outputs."""
    if notebook is None:
        raise WorkbenchError(_GONE)
    found = [
        {"cell_type": cell["cell_type"], "source": cell["source"], "metadata": {"tags": tags}}
        for cell in read_cells(notebook)
        if not _NO_CODE & {*(tags := cell["metadata"].get("tags", []))}
    ]
    if sum(len(cell["source"]) for cell in found) > _MOST_CHARACTERS:
        raise WorkbenchError(_LONG)
    return found


def _sorted(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> tuple[tuple[CellDiff, ...], int]:
    """Return the cells whose code differs, and how many others do."""
    code: list[CellDiff] = []
    other: Counter[str] = Counter()
    for cell in diff_cells(old, new):
        before = cell_prints([old[cell.old - 1]]) if cell.old else ()
        after = cell_prints([new[cell.new - 1]]) if cell.new else ()
        if [(p.digest, p.tags) for p in before] != [(p.digest, p.tags) for p in after]:
            code.append(cell)
        elif cell.change != SAME and not _has_values(new[cell.new - 1] if cell.new else {}):
            other[cell.change] += 1
    return tuple(code), other[CHANGED] + max(other[ADDED], other[REMOVED])


def _has_values(cell: Mapping[str, Any]) -> bool:
    """Whether the cell is that of the parameters, whose values are told as parameters."""
    return "parameters" in cell.get("metadata", {}).get("tags", ())
