"""What has changed since a run broke: what was mended, and what else, of stages whose results are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.notebook_file import INJECTED, read_cells
from workbench.pipeline.code import cell_prints
from workbench.pipeline.commits import missing_files
from workbench.pipeline.fingerprint import Fingerprint, Reason, explain
from workbench.pipeline.prints import prints_of
from workbench.pipeline.whereabouts import attempt_file

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.ledger import Ledger
    from workbench.pipeline.entry import Entry, RunRequest
    from workbench.pipeline.history import EntryState, RunState
    from workbench.project import Layout

Cells = list[dict[str, Any]]
_CODE = ("cell", "tag", "module", "parameter", "environment", "output")
_MOST_LINES, _LONGEST = 40, 200  # of a diff that the ledger keeps
_SIGN = {"added": "+", "removed": "−", "changed": "±"}


@dataclass(frozen=True)
class Mended:
    """A run that is gone on with, as its code is now.

    Attributes:
        kept: entries whose results stand.
        mended: what is new of entries that had not succeeded, for the ledger.
        changed: what is new of entries whose results stand all the same, a sentence each.
    """

    kept: tuple[str, ...]
    mended: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    changed: Mapping[str, list[str]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return what the ledger keeps of it."""
        return {"mended": dict(self.mended), "kept_though_changed": dict(self.changed)}

    def words(self) -> list[str]:
        """Return what whoever goes on has to know, a sentence a line."""
        lines = [f"{name} was mended: {'; '.join(m['reasons'])}" for name, m in self.mended.items()]
        return lines + [
            f"{name} has changed since, too ({'; '.join(what)}); its result of this run stays, and a new run "
            "makes it anew"
            for name, what in self.changed.items()
        ]


def mended(ledger: Ledger, layout: Layout, state: RunState, request: RunRequest, *, redo: bool) -> Mended:
    """Return what stands of a run, and what has changed since.

    A result stands when its files are there and all that it was made from in this run stands; what was
    edited meanwhile does not matter, but is told.

    Args:
        ledger: holds the run.
        layout: where the run's executed notebooks lie.
        state: the run as it is recorded.
        request: the same request, made anew from the notebooks and modules as they are.
        redo: whether what was edited is made anew.
    """
    prints = prints_of(ledger, state)
    kept: list[str] = []
    fixed: dict[str, dict[str, Any]] = {}
    changed: dict[str, list[str]] = {}
    for entry in request.entries:
        known, before = state.entries[entry.name], prints[entry.name]
        executed = _executed(layout, state, known)
        reasons = _reasons(entry, known, before, executed)
        if _stands(entry, known, kept, layout.root) and not (redo and reasons):
            kept.append(entry.name)
            if reasons:
                changed[entry.name] = [reason.text for reason in reasons]
        elif reasons and known.attempts:
            fixed[entry.name] = _fixed(entry, known, before, executed, reasons)
    return Mended(tuple(kept), fixed, changed)


def _stands(entry: Entry, known: EntryState, kept: list[str], root: Path) -> bool:
    if known.outcome is None or not known.outcome.is_success:
        return False
    return all(name in kept for name in entry.after) and not missing_files(known.outputs, root)


def _reasons(
    entry: Entry, known: EntryState, before: Fingerprint | None, executed: Cells | None
) -> list[Reason]:
    """Return what of a stage's own has changed; inputs are not its own."""
    now = entry.stage.fingerprint(known.inputs)
    if before is None:
        if executed is None:
            return []
        before = Fingerprint(cell_prints(executed), now.parameters, now.inputs, now.modules, now.environment)
        return [reason for reason in explain(before, now) if reason.kind in ("cell", "tag")]
    return [reason for reason in explain(before, now) if reason.kind in _CODE]


def _fixed(
    entry: Entry,
    known: EntryState,
    before: Fingerprint | None,
    executed: Cells | None,
    reasons: list[Reason],
) -> dict[str, Any]:
    return {
        "reasons": [reason.text for reason in reasons],
        "before": before.digest if before else known.digest,
        "after": entry.stage.fingerprint(known.inputs).digest,
        "lines": _lines(executed, entry),
    }


def _lines(before: Cells | None, entry: Entry) -> list[str]:
    """Return the lines of code that differ between what was executed and what stands there now."""
    from workbench.pipeline.cell_diff import SAME, diff_cells

    if before is None:
        return []
    lines = []
    for cell in diff_cells(before, entry.stage.own_cells):
        if cell.change == SAME or cell.kind != "code":
            continue
        lines.append(f"{_SIGN[cell.change]} cell {cell.new or cell.old}")
        lines += [f"{line.sign} {line.text}"[:_LONGEST] for line in cell.lines if line.sign != " "]
    left = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"and {left} more lines"] if left > 0 else lines


def _executed(layout: Layout, state: RunState, known: EntryState) -> Cells | None:
    """Return the cells of the last attempt's notebook as the project had them, None when it is gone."""
    notebook = attempt_file(layout, state, known, "notebook.ipynb")
    if notebook is None:
        return None
    try:
        cells = read_cells(notebook)
    except WorkbenchError:
        return None
    injected = {*INJECTED, "papermill-error-cell-tag"}
    return [cell for cell in cells if not injected & {*cell["metadata"].get("tags", ())}]
