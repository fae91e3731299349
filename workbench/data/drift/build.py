"""`wb.reference(frame)`: what a model was trained on, made small enough to be kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.data.drift.bins import NAMES, by_block, edges_of, name_bins, number_bins
from workbench.data.drift.columns import Column, Names, Numbers, read_columns
from workbench.data.drift.held import Held, HeldNames, HeldNothing, HeldNumbers, Reference
from workbench.data.drift.outcomes import held_out, outcome_columns
from workbench.data.drift.placed import placed
from workbench.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROWS = 100_000
"""Rows whose values are kept; of more, a sample is drawn."""
MOST_NAMES = 10_000
"""Names that are kept of a column."""


def reference(
    frame: Any,
    *,
    times: Any = None,
    block: str = "1d",
    score: Any = None,
    label: Any = None,
    scored_times: Any = None,
    scored_groups: Any = None,
) -> Reference:
    """Return what to keep of the rows that a model was trained on, so that its inputs can be watched.

    Give it to `stage.save(name, model, reference=…)`: it is stored among the model's own files.

    Args:
        frame: the rows that the model was trained on, with the columns that callers will send.
        times: when each row happened, as it reads on the wall. Then rows of one block of time count as one
            piece of evidence; without them every row counts by itself, which is rarely right.
        block: the length of such a block, such as `1d`; `row` when rows are independent.
        score: of rows that the model did *not* learn from: probabilities of 1, a column per class, or values.
        label: the truth of these rows; where it is missing, the row is left out.
        scored_times: when each of these rows happened.
        scored_groups: a table of columns of these rows, by which slices and groups are made.

    Raises:
        UsageError: there are no rows, or what was given does not fit together.
    """
    columns = read_columns(frame)
    rows = _rows(columns)
    blocks, number = placed(times, rows, block, "times")
    scored = held_out(score, label, scored_times, scored_groups)
    outcomes = None
    if scored is not None:
        places, found = placed(scored.times, len(scored.label), block, "scored_times")
        outcomes = hold(outcome_columns(scored), block, places, found)
    return replace(hold(columns, block, blocks, number), outcomes=outcomes, held_out=scored)


def _rows(columns: Mapping[str, Column]) -> int:
    rows = next((column.rows for column in columns.values()), 0)
    if not rows:
        raise UsageError(
            "wb.reference needs the rows that the model was trained on, but the table has none.",
            hint="Give the features of the training rows: wb.reference(train[names], times=train[when]).",
        )
    return rows


def hold(
    columns: Mapping[str, Column],
    block: str,
    blocks: NDArray[np.int64] | None,
    number: int,
) -> Reference:
    """Return what is kept of columns whose rows lie in `number` blocks; None: in no blocks."""
    import numpy as np

    rows = next(column.rows for column in columns.values())
    sample = None
    if rows > ROWS:
        sample = np.sort(np.random.default_rng(0).choice(rows, ROWS, replace=False))
    sizes = np.zeros(0, np.int64) if blocks is None else np.bincount(blocks, minlength=number)
    held = {name: _held(name, column, sample, blocks, number) for name, column in columns.items()}
    return Reference(rows, held, block, sizes)


def _held(
    name: str,
    column: Column,
    sample: NDArray[np.int64] | None,
    blocks: NDArray[np.int64] | None,
    number: int,
) -> Held:
    if isinstance(column, Numbers):
        return _held_numbers(name, column, sample, blocks, number)
    if isinstance(column, Names):
        return _held_names(name, column, sample, blocks, number)
    return HeldNothing(name, column.why)


def _held_numbers(
    name: str,
    column: Numbers,
    sample: NDArray[np.int64] | None,
    blocks: NDArray[np.int64] | None,
    number: int,
) -> HeldNumbers:
    import numpy as np

    kept = column.values if sample is None else column.values[sample]
    values, counts = np.unique(kept[~np.isnan(kept)], return_counts=True)
    edges = edges_of(values, counts)
    size = len(edges) + 2
    histogram = np.zeros((0, size), np.int64)
    if blocks is not None:
        histogram = by_block(number_bins(column, edges), size, blocks, number)
    missing = int(np.isnan(column.values).sum())
    return HeldNumbers(name, missing, values, counts, column.dtype, edges, histogram)


def _held_names(
    name: str,
    column: Names,
    sample: NDArray[np.int64] | None,
    blocks: NDArray[np.int64] | None,
    number: int,
) -> HeldNames:
    import numpy as np

    kept = column.codes if sample is None else column.codes[sample]
    counts = np.bincount(kept[kept >= 0], minlength=len(column.names))
    order = sorted(np.flatnonzero(counts), key=lambda code: (-counts[code], column.names[code]))
    names = tuple(column.names[code] for code in order[:MOST_NAMES])
    own = min(NAMES, len(names))
    histogram = np.zeros((0, own + 2), np.int64)
    if blocks is not None:
        histogram = by_block(name_bins(column, names[:own]), own + 2, blocks, number)
    others = int(counts[order[MOST_NAMES:]].sum())
    missing = int((column.codes < 0).sum())
    return HeldNames(name, missing, names, counts[order[:MOST_NAMES]], others, own, histogram)
