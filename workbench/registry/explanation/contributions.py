"""What each column contributed to each prediction: numbers that add up to the prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from workbench.tracking.scorer import Scorer

_ABSENT = 1e-6  # of the largest prediction: beyond it, the parts do not make the whole


@dataclass(frozen=True, eq=False)
class Contributions:
    """Contributions of columns to predictions.

    Attributes:
        columns: the model's columns.
        values: shape (rows, columns), for several classes (rows, columns, classes).
        base: what is predicted of nobody in particular: a number, for several classes one for each.
        scale: what the numbers are: `log-odds`, `raw score`, `probability` or `value`.
        method: `tree` (exact) or `permutation` (sampled).
        gap: the largest distance between base plus contributions and the prediction.
    """

    columns: tuple[str, ...]
    values: NDArray[np.float64]
    base: NDArray[np.float64]
    scale: str
    method: str
    gap: float

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean absolute contribution of each column, summed over classes, shape (columns,)."""
        import numpy as np

        sizes = np.abs(self.values).mean(axis=0)
        total: NDArray[np.float64] = sizes if sizes.ndim == 1 else sizes.sum(axis=1)
        return total

    def frame(self, group: int = 0) -> pd.DataFrame:
        """Return one row for each prediction, one column for each of the model's, and `base`.

        Args:
            group: for several classes, which one.
        """
        import numpy as np
        import pandas as pd

        values = self.values if self.values.ndim == 2 else self.values[:, :, group]
        table = pd.DataFrame(values, columns=list(self.columns))
        return table.assign(base=float(np.ravel(self.base)[group]))


def added_up(
    columns: list[str], values: NDArray[np.float64], base: Any, whole: NDArray[np.float64], **said: str
) -> Contributions:
    """Return contributions, after a check that base and contributions make the predictions.

    Raises:
        UsageError: they do not, so they explain something else than this model.
    """
    import numpy as np

    start = np.asarray(base, dtype=np.float64)
    gap = float(np.abs(values.sum(axis=1) + start - whole).max())
    most = _ABSENT * (1 + float(np.abs(whole).max()))
    if not gap <= most:
        raise UsageError(
            f"Contributions do not add up to the predictions: they miss them by up to {gap:.3g}, "
            f"but at most {most:.3g} is rounding.",
            hint="Does the model predict differently from one call to the next? Then it cannot be explained.",
        )
    return Contributions(tuple(columns), values, start, gap=gap, **said)


def tree_contributions(scorer: Scorer, table: pd.DataFrame) -> Contributions:
    """Return the exact contributions of a LightGBM Booster's trees (`pred_contrib`).

    Shapley values of trees, by the algorithm of Lundberg, Erion and Lee, "Consistent Individualized
    Feature Attribution for Tree Ensembles", 2018. They are on the scale on which trees are summed.
    """
    import numpy as np

    booster, rows = scorer.model, scorer.matrix(table)
    raw = np.asarray(booster.predict(rows, raw_score=True), dtype=np.float64)
    found = np.asarray(booster.predict(rows, pred_contrib=True), dtype=np.float64)
    columns = scorer.columns
    if raw.ndim == 2:
        found = found.reshape(len(rows), raw.shape[1], len(columns) + 1).transpose(0, 2, 1)
    scale = {"binary": "log-odds", "multiclass": "raw score", "regression": "value"}[scorer.task]
    return added_up(columns, found[:, :-1], found[0, -1], raw, scale=scale, method="tree")
