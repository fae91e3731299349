"""What each row adds to a metric, so that any metric's uncertainty can be had from blocks of rows.

A mean is the mean of its rows. Other metrics are nearly so: to first order a metric of many rows is the
mean of (metric + influence of the row), with the influence functions of robust statistics (Hampel, 1974;
for the area under the ROC curve DeLong, DeLong and Clarke-Pearson, 1988). The mean of what is returned
here is the metric itself, and its scatter over blocks of time is the metric's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.registry.gate import Unmeasurable
from workbench.registry.metric import METRICS, check_numbers, mistakes, squared_errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def parts(metric: str, task: str, y: Floats, score: Floats) -> Floats:
    """Return one number per row whose mean is the metric, shape (rows,).

    Raises:
        Unmeasurable: as `metric.measure` does.
    """
    check_numbers(task, y, score)
    return PARTS[metric](y, score)


def auc_parts(y: Floats, score: Floats) -> Floats:
    """Return one number per row whose mean is the area under the ROC curve, ties counted half."""
    import numpy as np

    positive = y == 1
    share = float(positive.mean())
    if share in (0.0, 1.0):
        raise Unmeasurable(f"auc needs both classes, but all {len(y):,} rows are of one")
    beaten = np.empty(len(y))
    beaten[positive] = _share_below(score[positive], score[~positive])
    beaten[~positive] = 1 - _share_below(score[~positive], score[positive])
    area = float(beaten[positive].mean())
    added: Floats = area + (beaten - area) / np.where(positive, share, 1 - share)
    return added


def _share_below(values: Floats, others: Floats) -> Floats:
    import numpy as np

    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    share: Floats = below / (2 * len(ordered))
    return share


def _rmse_parts(y: Floats, score: Floats) -> Floats:
    squares = squared_errors(y, score)
    root = float(squares.mean()) ** 0.5
    return squares if root == 0 else root + (squares - root**2) / (2 * root)


def _r2_parts(y: Floats, score: Floats) -> Floats:
    squares, spread = squared_errors(y, score), (y - y.mean()) ** 2
    error, total = float(squares.mean()), float(spread.mean())
    if total == 0:
        raise Unmeasurable(f"r2 needs values that differ, but all {len(y):,} are {y[0]:g}")
    added: Floats = (squares - error) / total - error * (spread - total) / total**2
    return 1 - error / total - added


PARTS: dict[str, Callable[[Floats, Floats], Floats]] = {
    **{name: metric.loss for name, metric in METRICS.items() if metric.loss is not None},
    "accuracy": lambda y, score: 1 - mistakes(y, score),
    "auc": auc_parts,
    "rmse": _rmse_parts,
    "r2": _r2_parts,
}
"""How to get each metric's parts; every metric has them."""
