"""What differs between the notebooks of two runs, cell by cell, as nbdime aligns them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import StorageError, WorkbenchError
from workbench.insight.experiments.places import place_of
from workbench.notebook_file import read_cells
from workbench.pipeline.cell_diff import ADDED, CHANGED, REMOVED, SAME, CellDiff, Line, diff_cells

if TYPE_CHECKING:
    from workbench.access import Person
    from workbench.insight.store import Store

__all__ = ["ADDED", "CHANGED", "REMOVED", "SAME", "CellDiff", "Line", "diff_cells", "notebook_diff"]

_MOST_CHARACTERS = 200_000  # of source; beyond that no person reads on, and aligning takes minutes


def notebook_diff(store: Store, person: Person, old: str, new: str, entry: str) -> tuple[CellDiff, ...]:
    """Return the cells of an entry's executed notebooks in two runs: their sources, not their outputs.

    Args:
        store: the project's state.
        person: who asks.
        old: the id of a run.
        new: the id of the run that it is compared with.
        entry: of both.

    Raises:
        AccessError: the person may not look.
        UnknownNameError: a run or the entry does not exist.
        StorageError: a notebook is not there, or cannot be read.
    """
    person.require("view")
    return diff_cells(*(_cells(store, run, entry) for run in (old, new)))


def _cells(store: Store, run: str, entry: str) -> list[dict[str, Any]]:
    store.run(run)
    notebook = place_of(store, store.run_state(run), entry).notebook
    if notebook is None:
        raise missing(run, entry)
    cells = _readable(notebook)
    if sum(len(cell["source"]) for cell in cells) > _MOST_CHARACTERS:
        raise StorageError(
            f"The notebook of {entry} in run {run} holds more source than can be compared here.",
            hint=f"Compare it with nbdime: nbdiff {notebook} …",
            store=str(notebook),
        )
    return cells


def missing(run: str, entry: str) -> StorageError:
    """Return the error for a notebook that is not there."""
    return StorageError(
        f"The executed notebook of {entry} in run {run} is not here: it never ran, runs on another machine, "
        "or was cleared away.",
        hint=f"See what is known of it: workbench show {run} {entry}",
        store=f"{run}/{entry}",
    )


def _readable(notebook: Path) -> list[dict[str, Any]]:
    try:
        return read_cells(notebook)
    except WorkbenchError as error:
        raise StorageError(error.message, hint=error.hint, store=str(notebook)) from error
