"""What is kept of the rows that a model was trained on: enough to tell whether others look alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True)
class HeldNumbers:
    """A numeric column of the reference.

    Attributes:
        missing: rows without a value, of all rows.
        values: distinct and sorted, shape (distinct,); of a sample where there are very many rows.
        counts: how often each is found in the sample.
        dtype: NumPy's name of the type that they came in.
        edges: upper ends of the histogram's bins, see `bins.edges_of`.
        histogram: rows by block and bin, shape (blocks, len(edges) + 2), the missing ones last.
    """

    name: str
    missing: int
    values: NDArray[np.float64]
    counts: NDArray[np.int64]
    dtype: str
    edges: NDArray[np.float64]
    histogram: NDArray[np.int64]


@dataclass(frozen=True)
class HeldNames:
    """A column of names in the reference.

    Attributes:
        missing: rows without a name, of all rows.
        names: from the most to the least frequent.
        counts: how often each is found in the sample.
        others: rows of the sample whose names are not kept, because there are too many of them.
        own: how many of the names have a bin of the histogram.
        histogram: rows by block and bin, shape (blocks, own + 2): all other names, then the missing ones.
    """

    name: str
    missing: int
    names: tuple[str, ...]
    counts: NDArray[np.int64]
    others: int
    own: int
    histogram: NDArray[np.int64]


@dataclass(frozen=True)
class HeldNothing:
    """A column of the reference in which drift is not measured, and why not."""

    name: str
    why: str


Held = HeldNumbers | HeldNames | HeldNothing


@dataclass(frozen=True)
class HeldOut:
    """Rows that the model did not learn from, scored: what its performance is held against.

    Attributes:
        score: shape (rows,), or (rows, classes).
        label: the truth, shape (rows,).
        times: of each row, as they read on the wall; None when they were not given.
        groups: columns of the same rows by which slices and groups are made; maybe none.
    """

    score: NDArray[np.float64]
    label: NDArray[np.float64]
    times: NDArray[np.datetime64] | None
    groups: pa.Table

    def __repr__(self) -> str:
        return f"<HeldOut: {len(self.label):,} rows>"


@dataclass(frozen=True)
class Reference:
    """What a model was trained on, as far as it is needed to see whether a window of rows looks alike.

    Attributes:
        rows: how many there were.
        columns: by name.
        block: the length of the blocks of time that rows were put into, such as `1d`.
        blocks: rows of each block, shape (blocks,); empty when no times were given.
        outcomes: scores and labels of rows that the model did not learn from, as columns of their own.
        held_out: the same, row by row.
    """

    rows: int
    columns: Mapping[str, Held]
    block: str
    blocks: NDArray[np.int64]
    outcomes: Reference | None = None
    held_out: HeldOut | None = None

    def __repr__(self) -> str:
        blocks = f", {len(self.blocks)} blocks of {self.block}" if len(self.blocks) else ""
        scored = f", {len(self.held_out.label):,} scored rows" if self.held_out else ""
        return f"<Reference: {self.rows:,} rows, {len(self.columns)} columns{blocks}{scored}>"

    def sample(self, rows: int = 10_000) -> pd.DataFrame:
        """Return a table whose columns are spread as the reference's; its rows are nobody's.

        Each column is drawn by itself, evenly over its sorted values: what two columns have to do with each
        other is not kept.
        """
        from workbench.data.drift.sample import sampled

        return sampled(self, rows)

    def write(self, folder: Path) -> str:
        """Write the reference's files into a folder and return the digest of what they say."""
        from workbench.data.drift.store import write_reference

        return write_reference(self, folder)
