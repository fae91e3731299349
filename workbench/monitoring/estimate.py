"""What the scores themselves lead one to expect before the truth is known: an estimate, and never more.

Confidence-based performance estimation: were the scores probabilities that mean what they say, each row's
expected loss would follow from its own score. They are first put right by what happened to the reference's
rows of like score. A change in how the truth depends on the features is invisible to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.registry.bootstrap import Bounds, block_bounds
from workbench.registry.gate import Unmeasurable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_SMALLEST = 1e-15
ESTIMATED = {
    "binary": ("auc", "log_loss", "brier", "accuracy", "precision", "recall"),
    "multiclass": ("log_loss", "brier", "accuracy"),
}
"""The metrics that are estimated for a task; of values none is."""


@dataclass(frozen=True)
class Calibrator:
    """Turns scores into the share of rows of such scores that happened, never falling: isotonic regression.

    Attributes:
        scores, shares: the steps, both rising; None: scores are taken at their word.
    """

    scores: Floats | None = None
    shares: Floats | None = None

    @classmethod
    def of(cls, score: Floats, y: Floats) -> Calibrator:
        """Return the calibrator that the reference's scores and truths give."""
        import numpy as np
        from scipy.optimize import isotonic_regression

        order = np.argsort(score, kind="stable")
        shares = isotonic_regression(y[order]).x
        return cls(score[order], np.asarray(shares, dtype=np.float64))

    def __call__(self, score: Floats) -> Floats:
        """Return the probabilities of 1, shape (rows,)."""
        import numpy as np

        if self.scores is None or self.shares is None:
            return np.clip(score, 0.0, 1.0)
        return np.interp(score, self.scores, self.shares)


def estimated(name: str, score: Floats, chance: Floats, blocks: Ints, threshold: float) -> Bounds:
    """Return the expected value of a metric on rows of a binary model, with bounds over blocks of time.

    Args:
        name: one of ESTIMATED.
        score: what callers were told, shape (rows,).
        chance: how likely it is, calibrated, shape (rows,).
        blocks: each row's block.
        threshold: from which score on a row is decided as 1.

    Raises:
        Unmeasurable: there are no rows, or none that the metric is about.
    """
    values, weights, kept = _expected(name, score, chance, threshold)
    if not len(values) or float(weights.sum()) <= 0:
        raise Unmeasurable(f"no row is expected to count for {name}")
    mean = float((values * weights).sum() / weights.sum())
    per_row = mean + (values - mean) * weights / weights.mean()
    return block_bounds(per_row, blocks[kept])


def estimated_of_classes(name: str, score: Floats, blocks: Ints) -> Bounds:
    """Return the expected value of a metric of several classes, whose scores are taken at their word."""
    import numpy as np

    if not len(score):
        raise Unmeasurable(f"no row is expected to count for {name}")
    per_row = {
        "log_loss": -(score * np.log(np.clip(score, _SMALLEST, 1))).sum(axis=1),
        "brier": 1 - (score**2).sum(axis=1),
        "accuracy": score.max(axis=1),
    }[name]
    return block_bounds(per_row, blocks)


def _expected(
    name: str, score: Floats, chance: Floats, threshold: float
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return values and weights whose weighted mean is the metric, and which rows they are of."""
    import numpy as np

    every, one = np.ones(len(score), dtype=bool), np.ones(len(score))
    decided = score >= threshold
    told = np.clip(score, _SMALLEST, 1 - _SMALLEST)
    if name == "log_loss":
        return -(chance * np.log(told) + (1 - chance) * np.log(1 - told)), one, every
    if name == "brier":
        return chance * (1 - score) ** 2 + (1 - chance) * score**2, one, every
    if name == "accuracy":
        return np.where(decided, chance, 1 - chance), one, every
    if name == "precision":
        return chance[decided], one[decided], decided
    if name == "recall":
        return decided.astype(np.float64), chance, every
    return _auc_parts(score, chance), one, every


def _auc_parts(score: Floats, chance: Floats) -> Floats:
    """Return numbers whose mean is the area expected under the ROC curve, as `influence.auc_parts`."""
    import numpy as np

    _, group = np.unique(score, return_inverse=True)
    happens, not_ = np.bincount(group, chance), np.bincount(group, 1 - chance)
    if happens.sum() <= 0 or not_.sum() <= 0:
        raise Unmeasurable("auc needs rows of both kinds, but only one is expected")
    beaten = ((np.cumsum(not_) - not_ / 2) / not_.sum())[group]
    beats = 1 - ((np.cumsum(happens) - happens / 2) / happens.sum())[group]
    area = float((chance * beaten).sum() / chance.sum())
    mean = float(chance.mean())
    added: Floats = area + (beaten - area) * chance / mean + (beats - area) * (1 - chance) / (1 - mean)
    return added
