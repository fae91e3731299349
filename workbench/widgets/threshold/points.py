"""Operating points: what a threshold on a score comes to, at once for any threshold, whatever the rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CURVE = 201
"""Thresholds of a curve that are evenly apart; as many more stand where the rows are."""

_DIGITS = 4  # of a threshold of the curve, that mean something


@dataclass(frozen=True)
class Point:
    """What happens to rows when those are selected whose score is at least a threshold.

    Attributes:
        positives: rows whose truth is 1.
        selected: rows that are called positive.
        hits: those of them whose truth is 1.
    """

    threshold: float
    rows: int
    positives: int
    selected: int
    hits: int

    @property
    def false_alarms(self) -> int:
        """Selected rows whose truth is 0."""
        return self.selected - self.hits

    @property
    def missed(self) -> int:
        """Rows whose truth is 1 and that are not selected."""
        return self.positives - self.hits

    @property
    def precision(self) -> float | None:
        """Share of the selected whose truth is 1; None when nothing is selected."""
        return _share(self.hits, self.selected)

    @property
    def recall(self) -> float | None:
        """Share of the positives that are selected: the true positive rate; None without positives."""
        return _share(self.hits, self.positives)

    @property
    def false_positive_rate(self) -> float | None:
        """Share of the rest that is selected; None when every row is positive."""
        return _share(self.false_alarms, self.rows - self.positives)

    @property
    def selection_rate(self) -> float | None:
        """Share of all rows that is selected."""
        return _share(self.selected, self.rows)

    @property
    def alerts(self) -> float:
        """Selected rows of a thousand."""
        return 1000 * self.selected / self.rows if self.rows else 0.0


class Rows:
    """Rows of one group, or all of them, by which thresholds are judged.

    Args:
        name: of the group; empty for all rows.
        positive: the scores of rows whose truth is 1, sorted upwards.
        negative: those of the others, likewise.
    """

    def __init__(self, name: str, positive: Floats, negative: Floats) -> None:
        self.name = name
        self._positive, self._negative = positive, negative

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self._positive) + len(self._negative)

    @property
    def positives(self) -> int:
        """How many are positive."""
        return len(self._positive)

    def at(self, threshold: float) -> Point:
        """Return the operating point of a threshold, by two searches in what is sorted."""
        hits = len(self._positive) - int(self._positive.searchsorted(threshold, side="left"))
        false = len(self._negative) - int(self._negative.searchsorted(threshold, side="left"))
        return Point(threshold, self.rows, self.positives, hits + false, hits)

    def curve(self) -> tuple[float, ...]:
        """Return some hundred thresholds, upwards: evenly apart, and where the rows are."""
        import numpy as np

        ends = [side[[0, -1]] for side in (self._positive, self._negative) if len(side)]
        low, high = float(np.min(ends)), float(np.max(ends))
        if low >= 0 and high <= 1:
            low, high = 0.0, 1.0
        places = np.linspace(0, 1, CURVE // 2)
        dense = [np.quantile(side, places) for side in (self._positive, self._negative) if len(side)]
        every = np.concatenate([np.linspace(low, high, CURVE), *dense])
        return tuple(np.unique([float(f"{value:.{_DIGITS}g}") for value in every]).tolist())

    @cached_property
    def steps(self) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        """Every threshold that can be the cheapest, with its hits and its false alarms.

        Between two positives a higher threshold only drops false alarms, so each is a positive's score, or
        beyond all.
        """
        import numpy as np

        values, first = np.unique(self._positive, return_index=True)
        false = len(self._negative) - self._negative.searchsorted(values, side="left")
        top = max((side[-1] for side in (self._positive, self._negative) if len(side)), default=0.0)
        return (
            np.append(values, np.nextafter(top, np.inf)),
            np.append(len(self._positive) - first, 0),
            np.append(false, 0),
        )


def rows_of(truth: NDArray[np.bool_], score: Floats, name: str = "") -> Rows:
    """Return rows that thresholds can be judged by; sorts once."""
    import numpy as np

    return Rows(name, np.sort(score[truth]), np.sort(score[~truth]))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
