"""How the values of a column are spread: distinct ones and how often each is found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Spread:
    """The present values of a numeric column.

    Attributes:
        values: distinct and sorted, shape (distinct,).
        counts: how often each is found, at least once; whole numbers.
        rows: their sum.
        dtype: NumPy's name of the type that they came in.
    """

    values: NDArray[np.float64]
    counts: NDArray[np.float64]
    rows: int
    dtype: str

    @cached_property
    def before(self) -> NDArray[np.float64]:
        """How many rows lie before each place among the values, and all of them, shape (distinct + 1,)."""
        import numpy as np

        return np.append(0, np.cumsum(self.counts))

    @cached_property
    def mean(self) -> float:
        """The mean of all rows."""
        import numpy as np

        return float(np.sum(self.values * self.counts) / self.rows)

    @cached_property
    def deviation(self) -> float:
        """The standard deviation of all rows, as of a whole population; as exact as the type of the values.

        pandas, by which Evidently has it, keeps that of single precision in single precision.
        """
        import numpy as np

        variance = np.sum((self.values - self.mean) ** 2 * self.counts) / self.rows
        return float(np.sqrt(np.float32(variance) if self.dtype == "float32" else variance))

    def within(self, edges: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many rows lie between edges, the last one inclusive, as `numpy.histogram` counts."""
        import numpy as np

        places = np.searchsorted(self.values, edges)
        places[-1] = np.searchsorted(self.values, edges[-1], side="right")
        return np.diff(self.before[places])


def spread_of(values: NDArray[np.float64], dtype: str) -> Spread:
    """Return the spread of values that are all present."""
    import numpy as np

    ordered = np.sort(values)
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))[: len(ordered)]
    return Spread(
        ordered[starts], np.diff(np.append(starts, len(ordered))).astype(np.float64), len(ordered), dtype
    )


class Steps(NamedTuple):
    """Two spreads side by side, at every value of either.

    Attributes:
        values: sorted, shape (all,).
        apart: how far the one's cumulative share is ahead of the other's from there on, shape (all,); where
            a value stands in both, only the last of its places counts.
    """

    values: NDArray[np.float64]
    apart: NDArray[np.float64]

    @property
    def area(self) -> float:
        """The area between the two: the first Wasserstein distance."""
        import numpy as np

        return float(np.sum(np.abs(self.apart[:-1]) * np.diff(self.values)))

    @property
    def height(self) -> float:
        """The largest distance between the two: that of Kolmogorov and Smirnov."""
        import numpy as np

        last = np.append(self.values[1:] != self.values[:-1], True)
        return float(np.abs(self.apart[last]).max())


def steps(ours: Spread, theirs: Spread) -> Steps:
    """Return two spreads side by side."""
    import numpy as np

    values = np.concatenate([ours.values, theirs.values])
    order = np.argsort(values, kind="stable")  # merges two sorted runs
    shares = np.concatenate([ours.counts / ours.rows, theirs.counts / -theirs.rows])
    return Steps(values[order], np.cumsum(shares[order]))
