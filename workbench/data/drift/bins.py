"""Small histograms: a few bins for each column, counted block by block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.data.drift.columns import Names, Numbers
    from workbench.data.drift.spread import Spread

NUMBERS = 20
"""Bins between the least and the greatest number of the reference."""
NAMES = 50
"""Names of the reference that have a bin of their own, the most frequent ones."""


def edges_of(values: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the upper ends of bins that hold about as many rows each.

    A value lies in the bin of the first end that is not below it. What is less than every value has a bin
    of its own, and what is greater than all of them has the one behind the last end.

    Args:
        values: distinct and sorted, shape (distinct,); may be empty.
        counts: how often each is found.
    """
    import numpy as np

    if not len(values):
        return values
    below = np.nextafter(values[0], -np.inf)
    if len(values) > NUMBERS:
        wanted = np.arange(1, NUMBERS + 1) / NUMBERS * counts.sum()
        values = np.unique(values[np.searchsorted(np.cumsum(counts), wanted - 0.5)])
    return np.append(below, values)


def number_bins(column: Numbers, edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the bin of each row; missing values have the last one, `len(edges) + 1`."""
    import numpy as np

    bins = np.zeros(column.rows, np.uint8)
    for edge in edges:  # of so few, a pass over all rows for each is faster than a search in each row
        bins += column.values > edge
    bins[np.isnan(column.values)] = len(edges) + 1
    return bins.astype(np.int64)


def name_bins(column: Names, own: Sequence[str]) -> NDArray[np.int64]:
    """Return the bin of each row: its name's, `len(own)` for all others, `len(own) + 1` where missing."""
    import numpy as np

    place = {name: number for number, name in enumerate(own)}
    bins = [place.get(name, len(own)) for name in column.names]
    return np.array([*bins, len(own) + 1])[column.codes]


def by_block(bins: NDArray[np.int64], size: int, blocks: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """Return how many rows of each block lie in each bin, shape (number, size).

    Args:
        bins: of each row, below `size`.
        size: how many bins there are.
        blocks: of each row, below `number`; -1 leaves a row out.
        number: how many blocks there are.
    """
    import numpy as np

    placed = blocks >= 0
    if not placed.all():
        bins, blocks = bins[placed], blocks[placed]
    return np.bincount(blocks * size + bins, minlength=number * size).reshape(number, size)


def gaps_between(edges: NDArray[np.float64], *sides: Spread) -> NDArray[np.float64]:
    """Return how far each bin's mean, over both sides, is from the next one's, as shares of the whole."""
    import numpy as np

    rows, sums = np.zeros(len(edges) + 1), np.zeros(len(edges) + 1)
    for side in sides:
        bounds = np.searchsorted(side.values, edges, side="right")
        bounds = np.concatenate([[0], bounds, [len(side.values)]])
        rows += np.diff(side.before[bounds])
        sums += np.diff(np.append(0, np.cumsum(side.values * side.counts))[bounds])
    ends = np.append(edges, edges[-1])
    means = np.where(rows > 0, sums / np.maximum(rows, 1), ends)
    gaps = np.append(np.maximum(np.diff(means), 0), 0)
    shares: NDArray[np.float64] = gaps / max(gaps.sum(), np.finfo(float).tiny)
    return shares
