"""How good scores are whose truth is known: each metric as numbers per row, their mean and its bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.registry.bootstrap import Bounds, block_bounds, difference_bounds
from workbench.registry.gate import Scored, Unmeasurable
from workbench.registry.influence import parts
from workbench.registry.metric import METRICS, check_numbers
from workbench.registry.reliability import ece_parts, said_and_happened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_BINS = 10
HIGHER = frozenset({"auc", "accuracy", "r2", "precision", "recall"})
"""Metrics of which more is better; of all others less is, and of `bias` neither."""
BIAS = "bias"


@dataclass(frozen=True)
class Judged:
    """Rows whose truth is known.

    Attributes:
        task: binary, multiclass or regression.
        y: the truth: 0 or 1, the class's index, or the value, shape (rows,).
        score: the probability of 1, one column per class, or the value.
        blocks: each row's block, shape (rows,).
        threshold: from which score on a row is decided as 1.
    """

    task: str
    y: Floats
    score: Floats
    blocks: Ints
    threshold: float = 0.5

    @property
    def rows(self) -> int:
        """How many they are."""
        return len(self.y)

    def take(self, rows: Ints | NDArray[np.bool_]) -> Judged:
        """Return some of the rows."""
        return Judged(self.task, self.y[rows], self.score[rows], self.blocks[rows], self.threshold)


@dataclass(frozen=True)
class Measured:
    """A metric: what each row adds to it, and the bounds of its mean.

    Attributes:
        values: one number for each row that counts; None where the metric is no mean of such.
    """

    name: str
    bounds: Bounds
    values: tuple[Floats, Ints] | None = None


def metrics_of(task: str) -> tuple[str, ...]:
    """Return the metrics that a model of a task is watched by."""
    own = [metric.name for metric in METRICS.values() if task in metric.tasks]
    more = {"binary": ["precision", "recall", "ece", BIAS], "multiclass": ["ece"], "regression": [BIAS]}
    return (*own, *more[task])


def measured(name: str, judged: Judged) -> Measured:
    """Return a metric of some rows, with bounds from a bootstrap over their blocks.

    Raises:
        Unmeasurable: there are no rows, or the metric is not defined on them.
    """
    check_numbers(judged.task, judged.y, judged.score, "model")
    if name == "ece":
        return Measured(name, _ece(judged))
    values = row_parts(name, judged)
    return Measured(name, block_bounds(*values), values)


def changed(ours: Measured, theirs: Measured) -> Bounds | None:
    """Return the metric less that of other rows, with bounds; None where it is no mean."""
    if ours.values is None or theirs.values is None:
        return None
    return difference_bounds(ours.values, theirs.values)


def row_parts(name: str, judged: Judged) -> tuple[Floats, Ints]:
    """Return numbers whose mean is the metric, and the block of each.

    Raises:
        Unmeasurable: the metric is not defined on the rows.
    """
    if name in _OWN:
        chosen, values = _OWN[name](judged)
        if not chosen.any():
            raise Unmeasurable(f"{name} needs rows that are {_NEEDS[name]}, but there is none")
        return values[chosen].astype("float64"), judged.blocks[chosen]
    return parts(name, judged.task, judged.y, judged.score), judged.blocks


def _ece(judged: Judged) -> Bounds:
    if judged.rows < 2 * _BINS:
        raise Unmeasurable(f"{judged.rows} rows are too few for {_BINS} bins")
    y, said = said_and_happened(Scored(judged.task, judged.y, judged.score))
    plug, crossed, _ = ece_parts(y, said, judged.blocks, _BINS)
    highest, lowest = block_bounds(plug, judged.blocks), block_bounds(crossed, judged.blocks)
    lower = max(0.0, min(lowest.lower, highest.mean))
    return Bounds(highest.mean, lower, highest.upper, highest.blocks)


_Chosen = tuple["NDArray[np.bool_]", "NDArray[np.generic]"]


def _decided(judged: Judged) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = judged.score >= judged.threshold
    return found


def _all(judged: Judged) -> NDArray[np.bool_]:
    import numpy as np

    return np.ones(judged.rows, dtype=bool)


def _accuracy(judged: Judged) -> _Chosen:
    if judged.task == "multiclass":
        return _all(judged), judged.score.argmax(axis=1) == judged.y
    return _all(judged), _decided(judged) == (judged.y == 1)


_OWN: dict[str, Callable[[Judged], _Chosen]] = {
    "accuracy": _accuracy,
    "precision": lambda judged: (_decided(judged), judged.y),
    "recall": lambda judged: (judged.y == 1, _decided(judged)),
    BIAS: lambda judged: (_all(judged), judged.score - judged.y),
}
_NEEDS = {
    "accuracy": "judged",
    "precision": "decided as 1",
    "recall": "1 in truth",
    BIAS: "judged",
}


def block_means(values: tuple[Floats, Ints]) -> Iterator[tuple[int, int, float]]:
    """Yield each block with its rows and their mean, in order of time."""
    import numpy as np

    found, group, counts = np.unique(values[1], return_inverse=True, return_counts=True)
    means = np.bincount(group, values[0]) / counts
    for block, rows, mean in zip(found, counts, means, strict=True):
        yield int(block), int(rows), float(mean)
