"""Metrics of predictions whose truth is known: whole numbers for a bar, per-row losses for a comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.registry.gate import Unmeasurable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SMALLEST = 1e-15  # a probability of exactly 0 or 1 that turns out wrong costs 34.5, not infinity

_BINARY, _MULTICLASS, _REGRESSION = "binary", "multiclass", "regression"


@dataclass(frozen=True)
class Metric:
    """A number that says how good predictions are.

    Attributes:
        tasks: the tasks that it is for.
        better: `higher` or `lower`.
        measure: (y, score) → the number.
        loss: (y, score) → one loss per row whose mean tells who is better; None where there is no such.
    """

    name: str
    tasks: tuple[str, ...]
    better: str
    measure: Callable[[Floats, Floats], float]
    loss: Callable[[Floats, Floats], Floats] | None = None


def measure(metric: str, task: str, y: Floats, score: Floats) -> float:
    """Return a metric's value.

    Args:
        metric: a name in METRICS.
        task: binary, multiclass or regression.
        y: the truth, shape (rows,).
        score: the predictions, shape (rows,), for multiclass (rows, classes).

    Raises:
        Unmeasurable: there are no rows, something is not a number, or the metric is not defined on them.
    """
    check_numbers(task, y, score)
    return METRICS[metric].measure(y, score)


def row_losses(metric: str, task: str, y: Floats, score: Floats, whose: str) -> Floats:
    """Return one loss per row; raises Unmeasurable as `measure` does, naming whose scores they are."""
    check_numbers(task, y, score, whose)
    loss = METRICS[metric].loss
    assert loss is not None
    return loss(y, score)


def check_numbers(task: str, y: Floats, score: Floats, whose: str = "candidate") -> None:
    """Raise Unmeasurable unless every truth and every score is a number that the task allows."""
    import numpy as np

    if len(y) == 0:
        raise Unmeasurable("there are no rows to judge")
    _finite(y, "the truth")
    _finite(score, f"the {whose}'s score")
    if task == _REGRESSION:
        return
    outside = int(((score < 0) | (score > 1)).sum())
    if outside:
        raise Unmeasurable(f"{outside:,} of the {whose}'s scores are not probabilities from 0 to 1")
    classes = 2 if task == _BINARY else score.shape[1]
    strange = int(np.isin(y, np.arange(classes), invert=True).sum())
    if strange:
        raise Unmeasurable(f"{strange:,} truths are none of the {classes} classes 0 to {classes - 1}")


def auc(y: Floats, score: Floats) -> float:
    """Area under the ROC curve, ties counted half (Mann-Whitney)."""
    import numpy as np

    positive = y == 1
    n1 = int(positive.sum())
    n0 = len(y) - n1
    if n1 == 0 or n0 == 0:
        raise Unmeasurable(f"auc needs both classes, but all {len(y):,} rows are of one")
    _, group, counts = np.unique(score, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[group]
    return float((ranks[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def log_losses(y: Floats, score: Floats) -> Floats:
    """Minus the logarithm of the probability that was given to what happened."""
    import numpy as np

    if score.ndim == 2:
        given = np.take_along_axis(score, y.astype(np.int64)[:, None], axis=1)[:, 0]
    else:
        given = np.where(y == 1, score, 1 - score)
    losses: Floats = -np.log(np.clip(given, _SMALLEST, 1))
    return losses


def brier_losses(y: Floats, score: Floats) -> Floats:
    """Squared distance between the probabilities and what happened (Brier, 1950)."""
    import numpy as np

    if score.ndim == 1:
        return (score - y) ** 2
    happened = np.arange(score.shape[1]) == y[:, None]
    losses: Floats = ((score - happened) ** 2).sum(axis=1)
    return losses


def mistakes(y: Floats, score: Floats) -> Floats:
    """1 where the likelier class did not happen, 0 where it did."""
    import numpy as np

    chosen = score.argmax(axis=1) if score.ndim == 2 else (score >= 0.5)
    wrong: Floats = (chosen != y).astype(np.float64)
    return wrong


def squared_errors(y: Floats, score: Floats) -> Floats:
    """Squared distance between prediction and value."""
    return (score - y) ** 2


def absolute_errors(y: Floats, score: Floats) -> Floats:
    """Distance between prediction and value."""
    return abs(score - y)


def r_squared(y: Floats, score: Floats) -> float:
    """Share of the values' variance that the predictions explain."""
    total = float(((y - y.mean()) ** 2).sum())
    if total == 0:
        raise Unmeasurable(f"r2 needs values that differ, but all {len(y):,} are {y[0]:g}")
    return 1 - float(squared_errors(y, score).sum()) / total


def _finite(values: Floats, what: str) -> None:
    import numpy as np

    finite = np.isfinite(values)
    bad = int((~finite).reshape(len(values), -1).any(axis=1).sum())
    if bad:
        raise Unmeasurable(f"{what} is missing or not a number in {bad:,} of {len(values):,} rows")


def _mean(loss: Callable[[Floats, Floats], Floats]) -> Callable[[Floats, Floats], float]:
    return lambda y, score: float(loss(y, score).mean())


_EITHER = (_BINARY, _MULTICLASS)
_VALUE = (_REGRESSION,)

METRICS = {
    m.name: m
    for m in (
        Metric("auc", (_BINARY,), "higher", auc),
        Metric("log_loss", _EITHER, "lower", _mean(log_losses), log_losses),
        Metric("brier", _EITHER, "lower", _mean(brier_losses), brier_losses),
        Metric("accuracy", _EITHER, "higher", lambda y, s: 1 - float(mistakes(y, s).mean()), mistakes),
        Metric("mae", _VALUE, "lower", _mean(absolute_errors), absolute_errors),
        Metric("mse", _VALUE, "lower", _mean(squared_errors), squared_errors),
        Metric("rmse", _VALUE, "lower", lambda y, s: float(squared_errors(y, s).mean()) ** 0.5),
        Metric("r2", _VALUE, "higher", r_squared),
    )
}
"""Every metric by its name in workbench.toml."""
